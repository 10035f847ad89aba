use super::*;

fn artifact() -> Value {
    json!({
        "reason": "compiler-artifact",
        "package_id": "path+file:///cells#ctx@1.0.0",
        "manifest_path": "/cells/Cargo.toml",
        "target": { "kind": ["cdylib"], "name": "ctx" },
        "filenames": ["/cells/target/debug/libctx.so"],
    })
}

fn taken(lines: &[Value]) -> Messages {
    let mut messages = Messages::default();
    for line in lines {
        messages.take(&line.to_string(), &artifact());
    }
    messages
}

fn diagnostic(level: &str, code: &str, message: &str) -> Value {
    json!({
        "$message_type": "diagnostic",
        "level": level,
        "code": { "code": code },
        "message": message,
    })
}

fn printed(messages: &Messages) -> Vec<Value> {
    messages
        .lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn diagnostic_is_wrapped_with_what_it_is_about() {
    let error = diagnostic("error", "E0308", "mismatched types");
    let messages = taken(std::slice::from_ref(&error));
    assert_eq!(
        printed(&messages),
        [json!({
            "reason": "compiler-message",
            "package_id": "path+file:///cells#ctx@1.0.0",
            "manifest_path": "/cells/Cargo.toml",
            "target": { "kind": ["cdylib"], "name": "ctx" },
            "message": error,
        })]
    );
    assert_eq!(messages.errors, 1);
}

#[test]
fn files_and_sums_are_left_out() {
    let messages = taken(&[
        json!({ "$message_type": "artifact", "artifact": "libctx.so" }),
        diagnostic("warning", "", "2 warnings emitted"),
        diagnostic("warning", "", "1 warning emitted"),
        diagnostic("error", "", "aborting due to 1 previous error"),
    ]);
    assert!(messages.lines.is_empty());
    assert_eq!(messages.errors, 0);
}

#[test]
fn success_ends_with_the_artifact() {
    let mut messages = taken(&[]);
    messages.end(true, &artifact());
    assert_eq!(
        printed(&messages),
        [
            artifact(),
            json!({ "reason": "build-finished", "success": true })
        ]
    );
    assert!(messages.rest.is_empty());
}

#[test]
fn failure_counts_the_errors_as_cargo_does() {
    let error = diagnostic("error", "E0308", "mismatched types");
    let mut messages = taken(&[error.clone(), error]);
    messages.end(false, &artifact());
    assert_eq!(
        printed(&messages).last().unwrap(),
        &json!({ "reason": "build-finished", "success": false })
    );
    assert_eq!(
        messages.rest,
        ["error: could not compile `ctx` (lib) due to 2 previous errors"]
    );
}

#[test]
fn error_about_a_library_is_left_to_cargo() {
    let missing = diagnostic("error", "E0463", "can't find crate for `netlab`");
    assert!(taken(&[missing]).libraries_do_not_fit);
    let own = diagnostic("error", "E0425", "cannot find value `x`");
    assert!(!taken(&[own]).libraries_do_not_fit);
}

#[test]
fn words_of_a_crashed_compiler_are_kept_apart() {
    let mut messages = Messages::default();
    messages.take("thread 'rustc' panicked", &artifact());
    assert!(messages.lines.is_empty());
    assert_eq!(messages.rest, ["thread 'rustc' panicked"]);
    assert_eq!(messages.errors, 0);
}
