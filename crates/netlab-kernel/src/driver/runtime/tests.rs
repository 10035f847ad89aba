use serde_json::json;

use super::*;

fn slim(lines: Option<RangeInclusive<u64>>) -> Slim {
    Slim {
        text: String::new(),
        parts: lines.iter().cloned().collect(),
        module: lines,
    }
}

fn diagnostic(level: &str, code: &str, line: u64, text: &str) -> String {
    json!({
        "$message_type": "diagnostic",
        "level": level,
        "code": { "code": code },
        "message": text,
        "spans": [{
            "file_name": "src/lib.rs",
            "line_start": line,
            "line_end": line,
        }],
    })
    .to_string()
}

fn handed_on(slim: &Slim, line: String, success: bool) -> Option<usize> {
    Some(slim.said(&[line], success)?.len())
}

#[test]
fn cell_without_the_module_stays_as_it_is() {
    let cell = "#![allow(dead_code)]\npub fn cell() {}\n";
    assert_eq!(Slim::of(cell).unwrap().text, cell);
}

#[test]
fn module_of_another_evcxr_stays_where_it_is() {
    let cell = format!("{BEGIN}pub struct Other;{END}f() {{}}\n");
    assert_eq!(Slim::of(&cell).unwrap().text, cell);
}

#[test]
fn cell_that_includes_a_file_is_compiled_where_it_lies() {
    assert!(Slim::of("const T: &str = include_str!(\"t\");").is_none());
}

#[test]
fn error_of_a_cell_is_handed_on() {
    let error = diagnostic("error", "E0308", 200, "mismatched types");
    assert_eq!(handed_on(&slim(Some(90..=160)), error, false), Some(1));
}

#[test]
fn error_near_the_module_is_asked_for_again() {
    let error = diagnostic("error", "E0308", 162, "mismatched types");
    assert_eq!(handed_on(&slim(Some(90..=160)), error, false), None);
}

#[test]
fn error_that_names_the_module_is_asked_for_again() {
    let error = diagnostic("error", "E0308", 200, MODULE);
    assert_eq!(handed_on(&slim(Some(90..=160)), error, false), None);
}

#[test]
fn error_of_the_parser_or_of_a_lint_is_asked_for_again() {
    for code in ["", "unused_variables"] {
        let error = diagnostic("error", code, 200, "unused");
        assert_eq!(handed_on(&slim(None), error, false), None, "{code}");
    }
}

#[test]
fn missing_file_is_asked_for_again() {
    let error = diagnostic("error", "E0583", 200, "file not found");
    assert_eq!(handed_on(&slim(None), error, false), None);
}

#[test]
fn macro_that_the_module_uses_is_not_unused() {
    let text = "unused macro definition: `eprintln`";
    let warning = || diagnostic("warning", "unused_macros", 43, text);
    assert_eq!(handed_on(&slim(Some(90..=160)), warning(), true), Some(0));
    assert_eq!(handed_on(&slim(None), warning(), true), Some(1));
}

#[test]
fn warning_near_the_module_does_not_compile_a_cell_again() {
    let warning = diagnostic("warning", "unused_variables", 162, "unused");
    assert_eq!(handed_on(&slim(Some(90..=160)), warning, true), Some(0));
}

#[test]
fn what_the_first_cell_defines_is_imported_on_the_same_lines() {
    let [(display, _), (errors, _)] = FIRST_CELL;
    let cell = format!("#![allow(x)]\n{display}{errors}fn cell() {{}}\n");
    let slim = Slim::of(&cell).unwrap();
    assert_eq!(slim.text.len(), cell.len());
    assert_eq!(slim.text.lines().count(), cell.lines().count());
    assert!(slim.text.ends_with("fn cell() {}\n"));
    let words: Vec<_> = slim.text.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        format!(
            "#![allow(x)] use {CRATE} :: DisplayOfCells ; \
             use {CRATE} :: netlab_errors ; fn cell() {{}}"
        )
    );
}

#[test]
fn part_without_room_for_an_import_stays() {
    assert_eq!(in_the_form_of("mod a {\n}", "a"), None);
}
