//! Variables from cell to cell: their types are found by the compiler, and
//! nothing of that shows.

use serde_json::json;

use crate::client::Client;

#[test]
fn variables_of_every_kind_go_from_cell_to_cell() {
    let mut client = Client::start();
    client.runs(
        "fn double(x: i32) -> i32 { 2 * x }\n\
         mod shapes { #[derive(Debug)] pub struct Circle(pub f64); }\n\
         #[derive(Debug, Clone)] struct Pair<T> { a: T, b: T }",
    );
    client.runs(
        "let one = 1; let text = \"ж\"; let owned = text.to_owned();\n\
         let (mut left, Pair { a, b: right }) = (vec![1u8], Pair { a: 'a', b: 'b' });\n\
         let Some(some) = Some(2_u64) else { panic!() };\n\
         let function = double;\n\
         let boxed: Box<dyn Fn(i32) -> i32 + Send> = Box::new(|x| x + 1);\n\
         let circle = shapes::Circle(1.5);\n\
         let shared = std::sync::Arc::new(std::sync::Mutex::new(\n\
             std::collections::HashMap::from([(\"k\".to_owned(), Pair { a: 1, b: 2 })])));\n\
         let thread = std::thread::spawn(|| 7);\n\
         let cow = std::borrow::Cow::Borrowed(\"c\");\n\
         let collected: Vec<_> = (0..3).map(|i| i * i).collect();\n\
         let fixed = [0_u8; 16];\n\
         let unit = ();\n\
         let later; later = 5;",
    );
    client.runs("left.push(2);");
    client.gives(
        "(one, text, owned, left, a, right, some, later)",
        "(1, \"ж\", \"ж\", [1, 2], 'a', 'b', 2, 5)",
    );
    client.gives(
        "(function(3), boxed(3), circle, cow, collected)",
        "(6, 4, Circle(1.5), \"c\", [0, 1, 4])",
    );
    client.gives(
        "(thread.join().unwrap(), fixed.len(), unit, \
         shared.lock().unwrap()[\"k\"].b)",
        "(7, 16, (), 2)",
    );
}

#[test]
fn thread_that_never_returns_can_be_kept() {
    let mut client = Client::start();
    client.runs(
        "let server = std::thread::spawn(|| loop { std::thread::park(); });",
    );
    client.gives("(server.is_finished(), 1 + 1)", "(false, 2)");
}

#[test]
fn comments_behind_new_variables_do_no_harm() {
    let mut client = Client::start();
    client.runs("let guess = 40; // how many?");
    client.runs("let (a, b) = (1, \"b\"); /* two of them,\n   of two types */");
    client.gives("(guess, a, b)", "(40, 1, \"b\")");
}

#[test]
fn variables_that_are_moved_or_redefined_are_what_they_are_last() {
    let mut client = Client::start();
    client.runs("let s = String::from(\"a\"); let n = 1; let n = \"last\";");
    client.runs("drop(s);");
    client.gives("n", "\"last\"");
    client.runs("let gone = vec![1]; drop(gone); let kept = 2;");
    client.gives("kept", "2");
    let id = client.execute("gone");
    assert_eq!(client.fails(&id)["ename"], "E0425");
}

#[test]
fn types_are_listed_by_their_names() {
    let mut client = Client::start();
    client.runs("let shared = std::sync::Arc::new(vec![String::new()]);");
    client.gives(":vars", "shared: Arc<Vec<String>>\n");
}

#[test]
fn variable_without_a_name_for_its_type_is_refused() {
    let mut client = Client::start();
    client.runs("let x = 1;");
    client.runs(
        "mod hidden {\n\
         struct Inner;\n\
         impl Iterator for Inner {\n\
             type Item = u8;\n\
             fn next(&mut self) -> Option<u8> { Some(1) }\n\
         }\n\
         pub fn numbers() -> impl Iterator<Item = u8> { Inner }\n\
         }",
    );
    for (code, name) in [
        ("let f = |a: i32| a + 1;", "{closure}"),
        ("let task = async { 5 };", "{async block}"),
        ("let numbers = hidden::numbers();", "hidden::Inner"),
    ] {
        let id = client.execute(code);
        let error = client.fails(&id);
        let said = error["evalue"].as_str().unwrap();
        assert!(said.contains(&format!("`{name}`")), "{said}");
        assert!(said.contains("должен иметь имя"), "{said}");
    }
    client.gives("x + i32::from(hidden::numbers().next().unwrap())", "2");
}

#[test]
fn errors_point_to_where_the_user_wrote() {
    let mut client = Client::start();
    for (code, name, place) in [
        (
            "let a = 1; let b: &str = a; let c = 2;",
            "E0308",
            "In[1]:1:26",
        ),
        ("let v = Vec::new();", "E0282", "In[2]:1:5"),
        ("let r = { let z = 3; &z };", "E0597", "In[3]:1:22"),
        ("let x = 5 +;", "CompileError", "In[4]:1:12"),
        ("let (a, b) = (1, 2); nothing(a);", "E0425", "In[5]:1:22"),
    ] {
        let id = client.execute(code);
        let error = client.fails(&id);
        assert_eq!(error["ename"], name, "{code}");
        let text = error["traceback"].to_string();
        assert!(text.contains(place), "{code}: {text}");
        assert!(!text.contains("NetlabType"), "{text}");
    }
}

#[test]
fn cell_with_a_failed_question_mark_keeps_no_variable_of_its_own() {
    let mut client = Client::start();
    client.runs("let good: i32 = \"12\".parse()?; let next = good + 1;");
    let id = client.execute("let bad = 1; let worse: i32 = \"x\".parse()?;");
    client.fails(&id);
    client.gives("next", "13");
    let id = client.execute("bad");
    assert_eq!(client.fails(&id)["ename"], "E0425");
}

#[test]
fn types_are_found_with_another_program_before_the_compiler() {
    // Any program that runs its arguments: cargo itself has to compile.
    let mut client = Client::start_with(|kernel| {
        kernel.env("RUSTC_WRAPPER", "/usr/bin/env");
    });
    client.runs("let (a, b) = (1, String::from(\"b\"));");
    client.gives("format!(\"{a}{b}\")", "\"1b\"");
}

#[test]
fn types_are_found_by_rust_analyzer_without_the_driver() {
    let mut client = Client::start_with(|kernel| {
        kernel.env("NETLAB_DRIVER", "0");
    });
    client.runs("let (a, b) = (1, String::from(\"b\"));");
    client.gives("format!(\"{a}{b}\")", "\"1b\"");
}

#[test]
fn shell_commands_find_the_real_cargo_and_compiler() {
    let mut client = Client::start();
    client.runs("let x = 1;");
    for program in ["cargo", "rustc", "$CARGO", "$RUSTC"] {
        let id = client.send_execute(&format!("!{program} -V"), json!({}));
        client.begins(&id, &format!("!{program} -V"));
        let result = client.next_of(&id, "execute_result");
        let text = result["data"]["text/plain"].as_str().unwrap();
        assert!(text.contains(" 1."), "{program}: {text}");
        client.succeeds(&id);
    }
}
