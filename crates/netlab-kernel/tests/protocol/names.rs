//! Names that are not there: which cell to run.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::client::Client;
use crate::launch::spare;
use crate::places::{lines, shown};

/// What is said last about a cell that does not compile.
fn said(client: &mut Client, code: &str) -> String {
    shown(client, code).pop().unwrap()
}

#[test]
fn variable_that_is_gone_is_told_with_the_cell_to_run() {
    let mut client = Client::start();
    client.runs("let moved = String::new(); let kept = 1;");
    client.runs("fn unchanged() {}\ndrop(moved);");
    assert_eq!(
        said(&mut client, "moved.len()"),
        "Ячейка [2] забрала `moved` (переместила): `moved` создаёт ячейка [1], \
         выполните её ещё раз, а чтобы переменная осталась, передайте в [2] \
         `&moved` или `moved.clone()`."
    );
    let id = client.execute("let failed = 1; let n: u8 = \"x\".parse()?;");
    client.fails(&id);
    assert_eq!(
        said(&mut client, "failed"),
        "Ячейка [4] закончилась ошибкой: `failed` создаёт именно она, \
         исправьте её и выполните ещё раз."
    );
    let id = client.execute("let wrong: u8 = \"x\";");
    client.fails(&id);
    let text = said(&mut client, "wrong");
    assert!(
        text.starts_with("Ячейка [6] не скомпилировалась:"),
        "{text}"
    );
    let id = client.execute("std::process::abort()");
    client.fails(&id);
    assert_eq!(
        said(&mut client, "kept"),
        "В ячейке [8] завершился процесс ячеек, и переменные пропали: `kept` \
         создаёт ячейка [1], выполните её ещё раз."
    );
    client.runs("unchanged();");
    client.runs(":clear");
    assert_eq!(
        said(&mut client, "unchanged()"),
        "Команда `:clear` убрала все имена: `unchanged` создаёт ячейка [2], \
         выполните её ещё раз."
    );
}

#[test]
fn function_does_not_see_the_variables_of_cells() {
    let mut client = Client::start();
    client.runs("let x = 1;");
    let expected =
        "Функция не видит переменных ячеек: передайте `x` аргументом.";
    assert_eq!(said(&mut client, "fn f() -> u8 {\n    x\n}"), expected);
    let expected = expected.replace("`x`", "`y`");
    assert_eq!(
        said(&mut client, "let y = 1;\nfn f() -> u8 { y }"),
        expected
    );
}

#[test]
fn trait_and_impl_that_are_gone_are_told_as_well() {
    let mut client = Client::start();
    client.runs("use std::io::prelude::*;");
    client.runs("struct P(u8);\nimpl P { fn area(&self) -> u8 { self.0 } }");
    client.runs("struct P(u16);");
    assert_eq!(
        said(&mut client, "P(1).area()"),
        "Ячейка [3] определила тип заново, и прежние `impl` пропали вместе с \
         ним: `area` для `P` определяет ячейка [2], перенесите `impl` из неё к \
         новому типу."
    );
    client.runs(":clear");
    let write = "let mut bytes = Vec::<u8>::new();\nbytes.write_all(b\"x\")?;";
    assert_eq!(
        said(&mut client, write),
        "Команда `:clear` убрала все имена: `use std::io::Write;` содержит \
         ячейка [1], выполните её ещё раз."
    );
    let mut client = Client::start();
    assert_eq!(
        said(&mut client, write),
        "Методы трейта видны только после `use`: добавьте `use \
         std::io::Write;` в начало ячейки."
    );
}

#[test]
fn ownership_is_told_in_the_terms_of_a_notebook() {
    let mut client = Client::start();
    client.runs(
        "use std::net::*;\nlet listener = TcpListener::bind(\"127.0.0.1:0\")?;\n\
         let conn = TcpStream::connect(listener.local_addr()?)?; let names = vec![1];",
    );
    let thread = "Поток может жить дольше ячейки, поэтому заимствовать \
                  переменную `names` не может: с `move` он её забирает, и в \
                  следующих ячейках её нет;";
    for (code, name, expected) in [
        (
            "drop(conn); conn.peer_addr()?;",
            "E0382",
            "Переменную `conn` отдали, и дальше её нет, в следующих ячейках \
             тоже; чтобы она осталась, передайте ссылку `&conn` или отдайте \
             `conn.try_clone()?`.",
        ),
        (
            "{ let mut v = vec![1]; let r = &v[0]; v.push(2); println!(\"{r}\"); }",
            "E0502",
            "Пока ссылка на `v` нужна, менять переменную нельзя",
        ),
        (
            "{ let v = vec![1]; let r = &v; drop(v); println!(\"{r:?}\"); }",
            "E0505",
            "Отдать `v` можно, когда ссылок на неё больше нет",
        ),
        (
            "std::thread::spawn(|| println!(\"{names:?}\"));",
            // After the first `?`, the code of a cell is a closure.
            "E0597",
            thread,
        ),
        (
            "let own = vec![1]; std::thread::spawn(|| println!(\"{own:?}\"));",
            "E0373",
            &thread.replace("names", "own"),
        ),
    ] {
        let id = client.execute(code);
        let error = client.fails(&id);
        assert_eq!(error["ename"], name, "{code}");
        let shown = lines(&error);
        assert!(shown.last().unwrap().starts_with(expected), "{shown:?}");
    }
    // Nothing of that was executed.
    client.gives("(conn.peer_addr().is_ok(), names)", "(true, [1])");
}

#[test]
fn argument_that_is_not_mutable_is_no_variable_of_an_earlier_cell() {
    let mut client = Client::start();
    let code = "fn grow(bytes: Vec<u8>) {\n    bytes.push(1);\n}";
    let told = shown(&mut client, code).join("\n");
    assert!(told.contains("cannot borrow `bytes` as mutable"), "{told}");
    assert!(!told.contains("прежней ячейки"), "{told}");
}

/// A lesson in a directory whose name has other letters and a blank; gives its
/// path.
fn lesson(home: &std::path::Path) -> std::path::PathBuf {
    let cell = |kind: &str, id: &str, source: &str, tags: Value| {
        json!({
            "cell_type": kind, "id": id, "source": source,
            "metadata": { "tags": tags },
        })
    };
    let none = || json!([]);
    let text = json!({ "nbformat": 4, "nbformat_minor": 5, "cells": [
        cell("markdown", "title", "# Сеть\n## Подготовка", none()),
        cell("code", "setup", "use std::net::TcpListener;", json!(["setup"])),
        cell("markdown", "bind-intro", "## Слушающий `сокет`", none()),
        cell("code", "bind", "let listener = TcpListener::bind(\"127.0.0.1:0\")?;", none()),
        cell("code", "look", "listener.local_addr()?.port() > 0", none()),
        cell("markdown", "end", "## Итоги", none()),
        cell("code", "sum", "let sum = 1;", none()),
    ]});
    let directory = home.join("Урок сети");
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("02 сеть.ipynb");
    std::fs::write(&path, text.to_string()).unwrap();
    path
}

#[test]
fn cell_that_was_not_executed_is_named_by_its_heading() {
    let home = tempfile::tempdir().unwrap();
    let path = lesson(home.path());
    let mut client = Client::start_with(|kernel| {
        kernel.env("JPY_SESSION_NAME", &path);
    });
    let look = "listener.local_addr()?.port() > 0";
    client.cell_id = Some("look");
    assert_eq!(
        said(&mut client, look),
        "Ядро блокнота только что запущено и прежних имён не помнит: выполните \
         ячейки подготовки, затем остальные по порядку; `listener` создаёт \
         ячейка в разделе «Слушающий сокет»."
    );
    assert_eq!(
        said(&mut client, "sum"),
        "`sum` создаёт ячейка ниже в разделе «Итоги»: сначала выполните её."
    );
    client.cell_id = Some("bind");
    let bind = "let listener = TcpListener::bind(\"127.0.0.1:0\")?;";
    assert_eq!(
        said(&mut client, "TcpListener::bind(\"127.0.0.1:0\")?;"),
        "`TcpListener` вводит ячейка подготовки, которая после запуска ядра \
         блокнота ещё не выполнялась: выполните ячейки подготовки в разделе \
         «Подготовка»."
    );
    client.runs("use std::net::TcpListener;");
    // By its text, for a client that says no identifier.
    client.cell_id = None;
    assert_eq!(
        said(&mut client, look),
        "`listener` создаёт ячейка выше в разделе «Слушающий сокет», которая \
         после запуска ядра блокнота ещё не выполнялась: выполните её."
    );
    client.runs(bind);
    client.gives(look, "true");
}

#[test]
fn spare_kernel_knows_the_notebook_of_its_launcher() {
    let home = Arc::new(tempfile::tempdir().unwrap());
    let path = lesson(home.path());
    spare(home.path(), std::process::id(), |kernel| {
        kernel.env("JPY_SESSION_NAME", "/another/01.ipynb");
    });
    let mut client = Client::start_in_with(&home, |kernel| {
        kernel.env("JPY_SESSION_NAME", &path);
    });
    let text = said(&mut client, "sum");
    assert!(text.contains("в разделе «Итоги»"), "{text}");
}
