//! Cells that fail: one error each, named, with the place.

use crate::client::Client;
use crate::places::{lines, plain};

fn text(value: &serde_json::Value) -> String {
    let lines = value["traceback"].as_array().unwrap();
    let lines: Vec<&str> = lines.iter().map(|l| l.as_str().unwrap()).collect();
    lines.join("\n")
}

#[test]
fn compile_error_has_its_code_and_points_into_the_cell() {
    let mut client = Client::start();
    let id = client.execute("// ж\nlet x: u8 = \"a\";");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "E0308");
    assert_eq!(error["evalue"], "mismatched types");
    assert!(text(&error).contains("In[1]:2:13"), "{}", text(&error));
}

#[test]
fn panic_is_an_error_and_costs_no_variable() {
    let mut client = Client::start();
    client.runs("let x = 42_usize;");
    let id = client.execute("let v = vec![1];\nv[x]");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "panic");
    let message = "index out of bounds: the len is 1 but the index is 42";
    assert_eq!(error["evalue"], message);
    let text = text(&error);
    assert!(
        text.contains("thread 'main' panicked at In[2]:2:"),
        "{text}"
    );
    assert!(text.contains("v[x]"), "{text}");
    client.gives("x", "42");
}

#[test]
fn function_of_an_earlier_cell_is_the_place_of_its_panic() {
    let mut client = Client::start();
    client.runs("fn f(x: u8) {\n    assert_eq!(x, 1);\n}");
    let id = client.execute("f(2);");
    let text = text(&client.fails(&id));
    assert!(text.contains("panicked at In[1]:2:"), "{text}");
}

#[test]
fn failed_question_mark_is_an_error_in_words() {
    let mut client = Client::start();
    client.runs("let x = 42;");
    let id = client.execute("let f = std::fs::File::open(\"/nowhere\")?;");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "io::Error");
    let message = "No such file or directory (os error 2)";
    assert_eq!(error["evalue"], message);
    client.gives("x", "42");
}

#[test]
fn failed_question_mark_speaks_to_people_first() {
    let mut client = Client::start();
    let id = client.execute("\"x\".parse::<u8>()?;");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "ParseIntError");
    assert_eq!(error["evalue"], "invalid digit found in string");
    // And the two lines of the place.
    assert_eq!(error["traceback"].as_array().unwrap().len(), 3);
    // Without a text for people there is still the debug form.
    let id = client.execute("#[derive(Debug)] struct Bare(u8); Err(Bare(7))?;");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "Bare");
    assert_eq!(error["evalue"], "Bare(7)");
    // What is in a box is told by its debug form only.
    let id = client.execute(
        "let e: Box<dyn std::error::Error> = \"x\".parse::<u8>().unwrap_err().into();
         Err(e)?;",
    );
    let error = client.fails(&id);
    assert_eq!(error["ename"], "Box<dyn Error>");
    assert_eq!(error["evalue"], "invalid digit found in string");
    assert!(text(&error).contains("ParseIntError"), "{error}");
}

/// Errors in layers, whose debug form says nothing of what lies behind.
const LAYERS: &str = r#"use std::{error::Error, fmt};
    struct Layer(&'static str, Option<Box<Layer>>);
    impl fmt::Debug for Layer {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { f.write_str("Layer") }
    }
    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { f.write_str(self.0) }
    }
    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> { Some(self.1.as_deref()?) }
    }
    fn load() -> Result<(), Layer> {
        let cable = Layer("the cable is out", None);
        let connect = Layer("no connection", Some(Box::new(cable)));
        Err(Layer("no page", Some(Box::new(connect))))
    }
    fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> { Ok(load()?) }"#;

#[test]
fn failed_question_mark_shows_the_whole_chain_of_sources() {
    let mut client = Client::start();
    client.runs(LAYERS);
    for code in ["load()?;", "boxed()?;"] {
        let id = client.execute(code);
        let error = client.fails(&id);
        assert_eq!(error["evalue"], "no page", "{code}");
        let lines = lines(&error);
        assert_eq!(lines[1], "Причина: no connection", "{code}");
        assert_eq!(lines[2], "Причина: the cable is out", "{code}");
    }
}

#[test]
fn name_and_value_are_of_the_error_that_is_shown_first() {
    let mut client = Client::start();
    // The first one has no code, the second one has.
    let id = client.execute("let a: u8 = b;\nnothing!();");
    let error = client.fails(&id);
    let (name, value) = (&error["ename"], error["evalue"].as_str().unwrap());
    let first = &lines(&error)[0];
    assert!(first.ends_with(value), "{first}: {value}");
    let has_code = first.contains("[E");
    assert_eq!(has_code, name != "CompileError", "{first}: {name}");
}

#[test]
fn suggestion_that_stands_before_something_is_not_torn() {
    let mut client = Client::start();
    for (code, suggested) in [
        ("fn f() { let x = 1; x = 2; }", "`mut`"),
        ("unknown = 5;", "`let`"),
    ] {
        let id = client.execute(code);
        let shown = lines(&client.fails(&id)).join("\n");
        assert!(shown.contains(suggested), "{code}: {shown}");
    }
}

/// The traceback with what a page may break, and what is drawn.
fn prose_and_drawing(error: &serde_json::Value) -> (String, String) {
    let (mut prose, mut drawing) = (String::new(), String::new());
    for part in text(error).split("\u{1b}[") {
        let (code, text) = part.split_once('m').unwrap_or(("", part));
        match code {
            "1" | "1;2" => prose += &plain(text),
            _ => drawing += text,
        }
        prose += "\n";
    }
    (prose, drawing)
}

#[test]
fn sentences_are_told_from_drawings() {
    let mut client = Client::start();
    client.runs("let count = 1_usize;");
    for (code, sentence, drawn) in [
        ("count += 1;", "Переменную прежней ячейки можно", "╭─"),
        ("let s = vec![1]; drop(s); s", "Переменную `s` отдали", "╭─"),
        ("import socket", "ядро блокнота исполняет Rust", "^"),
        ("\"x\".parse::<u8>()?;", "`?` завершил ячейку", "│ \"x\""),
        ("None::<u8>.unwrap();", "thread 'main' panicked", "│ None"),
        (
            "{ let v = vec![1; 3]; v[count + 9] }",
            "index out of",
            "│ { let",
        ),
    ] {
        let id = client.execute(code);
        let error = client.fails(&id);
        let (prose, drawing) = prose_and_drawing(&error);
        assert!(prose.contains(sentence), "{code}: {prose}");
        assert!(!drawing.contains(sentence), "{code}: {drawing}");
        assert!(drawing.contains(drawn), "{code}: {drawing}");
        assert!(!prose.contains('│'), "{code}: {prose}");
    }
}

#[test]
fn compile_error_says_nothing_of_the_prelude() {
    let mut client = Client::start();
    let id = client.execute("let x: u8 = \"text\";");
    let text = text(&client.fails(&id));
    assert!(text.contains("E0308"), "{text}");
    assert!(!text.contains("eprintln"), "{text}");
}

#[test]
fn dead_process_is_named_and_the_next_cell_runs() {
    let mut client = Client::start();
    client.runs("let x = 42;");
    client.runs("fn f() -> u8 { 7 }");
    let id = client.execute("std::process::abort()");
    let error = client.fails(&id);
    assert_eq!(error["ename"], "ProcessDied");
    assert!(text(&error).contains("SIGABRT"), "{}", text(&error));
    assert!(text(&error).contains("переменные потеряны"));
    client.gives("f()", "7");
    let id = client.execute("x");
    assert_eq!(client.fails(&id)["ename"], "E0425");
}
