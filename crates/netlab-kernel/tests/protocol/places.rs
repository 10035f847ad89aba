//! Where an error comes from that `?` hands out of a cell.

use crate::client::Client;

/// Executes a cell that fails; gives what is shown, without its colours.
pub(crate) fn shown(client: &mut Client, code: &str) -> Vec<String> {
    let id = client.execute(code);
    lines(&client.fails(&id))
}

/// What an error shows, line by line, without its colours.
pub(crate) fn lines(error: &serde_json::Value) -> Vec<String> {
    let lines = error["traceback"].as_array().unwrap().iter();
    lines.map(|line| plain(line.as_str().unwrap())).collect()
}

/// The text without the codes of a terminal.
pub(crate) fn plain(text: &str) -> String {
    let parts = text.split('\u{1b}').enumerate();
    let parts = parts.map(|(n, part)| match n {
        0 => part,
        _ => part.split_once('m').expect("a colour").1,
    });
    parts.collect()
}

#[test]
fn question_mark_is_shown_with_its_line() {
    let mut client = Client::start();
    let code = "// ж\nlet a = 1; let good: u8 = \"7\".parse()?; \
                let bad: u8 = \"ж\".parse()?;";
    assert_eq!(
        shown(&mut client, code)[1..],
        [
            "`?` завершил ячейку в In[1]:2:66".to_owned(),
            format!("   2 │ {}", code.lines().nth(1).unwrap()),
        ]
    );
    // Where the line stands that the compiler is told of is another one.
    let code = "fn unused() {\n    \"x\".parse::<u8>().unwrap();\n}\n\
                let n: u8 = [\"x\"][0]\n    .parse()?;\nn";
    assert_eq!(
        shown(&mut client, code)[1..],
        ["`?` завершил ячейку в In[2]:5:13", "   5 │     .parse()?;"]
    );
    // With nothing to keep from it, with a result, and in a macro.
    for (code, place) in [
        ("\"x\".parse::<u8>()?", "In[3]:1:18"),
        (":vars\n\"x\".parse::<u8>()?", "In[4]:2:18"),
        ("println!(\"{}\",\n  \"x\".parse::<u8>()?);", "In[5]:2:3"),
        ("if true {\n    Err(\"x\")?;\n}", "In[6]:2:13"),
    ] {
        let place = format!("`?` завершил ячейку в {place}");
        assert_eq!(shown(&mut client, code)[1], place, "{code}");
    }
}

#[test]
fn question_marks_in_a_row_are_all_named() {
    let mut client = Client::start();
    client.runs("#[derive(Clone)] struct S;\nimpl S { fn go(self, n: u8) -> Result<S, String> { match n { 0 => Err(\"no\".into()), _ => Ok(self) } } }");
    assert_eq!(
        shown(&mut client, "let a = S\n    .go(1)?\n    .go(0)?;")[1..3],
        [
            "`?` завершил ячейку в In[2]:2:11 или In[2]:3:11",
            "   2 │     .go(1)?",
        ]
    );
}

#[test]
fn error_of_a_type_with_a_debug_form_only_has_its_place_too() {
    let mut client = Client::start();
    let shown = shown(
        &mut client,
        "#[derive(Debug)] struct Bare(u8);\nErr(Bare(7))?;",
    );
    assert_eq!(shown[1], "`?` завершил ячейку в In[1]:2:13");
}

#[test]
fn function_of_an_earlier_cell_is_named_with_the_call_that_failed() {
    let mut client = Client::start();
    client.runs(
        "use std::net::{SocketAddr, TcpListener, TcpStream};\n\
         fn talk(to: SocketAddr) -> std::io::Result<TcpStream> {\n\
         \x20   let stream = TcpStream::connect(to)?;\n\
         \x20   Ok(stream)\n\
         }\n\
         fn number(text: &str) -> Result<u8, std::num::ParseIntError> {\n\
         \x20   Ok(text.parse()?)\n\
         }",
    );
    // Nobody listens there any more.
    client
        .runs("let gone = TcpListener::bind(\"127.0.0.1:0\")?.local_addr()?;");
    assert_eq!(
        shown(&mut client, "let x = 1;\ntalk(gone)?;")[1..],
        [
            "`?` завершил ячейку в In[3]:2:11",
            "   2 │ talk(gone)?;",
            "     функция `talk` – в In[1]:3; не удался вызов connect(2)",
        ]
    );
    let shown = shown(&mut client, "number(\"x\")?;");
    assert_eq!(shown[3..], ["     функция `number` – в In[1]:7"]);
}

#[test]
fn place_is_known_when_cargo_compiles() {
    // Any program that runs its arguments: cargo itself has to compile.
    let mut client = Client::start_with(|kernel| {
        kernel.env("RUSTC_WRAPPER", "/usr/bin/env");
    });
    let shown = shown(&mut client, "let x = 1;\n\"x\".parse::<u8>()?;");
    assert_eq!(shown[1], "`?` завершил ячейку в In[1]:2:18");
}

#[test]
fn panic_in_one_of_several_statements_of_a_line_has_its_place() {
    let mut client = Client::start();
    client.runs("let max = u8::MAX;");
    assert_eq!(
        shown(&mut client, "let a = 1; let next = max + 1; a")[1..3],
        [
            "thread 'main' panicked at In[2]:1:23",
            "   1 │ let a = 1; let next = max + 1; a",
        ]
    );
}
