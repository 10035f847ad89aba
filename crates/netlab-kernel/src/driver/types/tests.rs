use super::*;

const CELL: &str = "\
#![allow(dead_code)]
fn run() {
let a = 1;
let mut a:NetlabType1=a;
let b = evcxr_variable_store.take_variable::<NetlabType0>(stringify!(b));
evcxr_variable_store.put_variable::<NetlabType1>(stringify!(a), a);
evcxr_variable_store.put_variable::<NetlabType0>(stringify!(b), b);
}
";

fn known() -> Types {
    Types([(0, "std::string::String".to_owned())].into())
}

#[test]
fn known_types_take_the_place_of_their_names() {
    let text = known().put_into(CELL).text;
    assert!(text.contains("take_variable::<std::string::String>"));
    assert!(text.contains("put_variable::<std::string::String>(stringify!(b)"));
}

#[test]
fn a_new_type_is_left_to_the_compiler() {
    let typed = known().put_into(CELL);
    let [one] = typed.open.as_slice() else {
        panic!("{:?}", typed.open)
    };
    assert_eq!((one.number, one.line), (1, 6));
    let lines: Vec<_> = typed.text.lines().collect();
    assert_eq!(lines[2], "let a = 1;");
    assert_eq!(lines[3], "", "the line that only evcxr is to see");
    assert!(lines[5].contains("(move || a)()"), "{}", lines[5]);
    assert_eq!(typed.text.lines().count(), CELL.lines().count());
}

#[test]
fn comment_behind_a_let_stays_without_what_stood_before_it() {
    for comment in ["// сколько?", "/* begins here,"] {
        let line = format!("let a:NetlabType1=a; {comment}\n");
        assert_eq!(known().put_into(&line).text, format!("{comment}\n"));
    }
    let more = "let a:NetlabType1=a; f();";
    assert_eq!(known().put_into(more).text, more, "that is not ours");
}

#[test]
fn a_cell_that_comes_a_second_time_asks_for_the_same() {
    let once = known().put_into(CELL);
    assert_eq!(known().put_into(&once.text), once);
}

#[test]
fn types_are_found_in_the_mir() {
    let mir = "\
fn run::{closure#0}(_1: &mut {closure@src/lib.rs:2:3: 2:5}) -> () {
    let mut _0: ();
}
fn run::{closure#0}::{closure#0}(_1: {closure@src/lib.rs:12:8: 12:15}) -> \
TcpListener {
    debug a => (_1.0: std::net::TcpListener);
    let mut _0: std::net::TcpListener;
}
fn run::{closure#0}::{closure#1}(_1: &{closure@src/lib.rs:13:8: 13:15}) -> \
i32 {
    let mut _0: i32;
}
";
    assert_eq!(stored_in(mir, 12), Some("std::net::TcpListener"));
    assert_eq!(stored_in(mir, 13), Some("i32"));
    assert_eq!(stored_in(mir, 1), None);
}

#[test]
fn functions_are_stored_as_pointers() {
    let pointer = name::of_function;
    assert_eq!(pointer("fn(i32) -> i32 {double}"), Some("fn(i32) -> i32"));
    assert_eq!(pointer("unsafe fn() {a::b::<u8>}"), Some("unsafe fn()"));
    assert_eq!(pointer("fn(i32) -> i32"), None);
    assert_eq!(pointer("{closure@src/lib.rs:1:2: 1:5}"), None);
    assert_eq!(pointer("(fn() {a}, u8)"), None);
}

#[test]
fn only_what_a_cell_can_write_is_a_name() {
    let cell = "pub mod shapes { }";
    let can = |name| name::can_be_written(name, cell, &["netlab"]);
    for name in [
        "i32",
        "Point<f64>",
        "(i32, &str, std::option::Option<u64>)",
        "std::boxed::Box<dyn std::ops::Fn(i32) -> i32 + std::marker::Send>",
        "std::sync::Arc<std::sync::Mutex<netlab::client::Timeouts>>",
        "shapes::Circle",
        "[u8; 16]",
    ] {
        assert!(can(name), "{name}");
    }
    for name in [
        "{closure@src/lib.rs:1:2: 1:5}",
        "std::iter::Map<std::slice::Iter<'_, i32>, {closure@src/lib.rs:1:2}>",
        "impl std::iter::Iterator<Item = i32>",
        "tokio::task::JoinHandle<()>",
        "std::vec::Vec<mio::Poll>",
        "run_user_code_3::Local",
    ] {
        assert!(!can(name), "{name}");
    }
}

#[test]
fn what_has_no_name_is_called_what_it_is() {
    assert_eq!(
        name::text(
            "std::iter::Map<std::slice::Iter<'_, i32>, \
             {closure@src/lib.rs:1:2: 1:5}>"
        ),
        "std::iter::Map<std::slice::Iter<'static, i32>, {closure}>"
    );
    assert_eq!(
        name::text("{async block@src/lib.rs:1:2: 1:5}"),
        "{async block}"
    );
}

#[test]
fn what_never_ends_has_a_type_that_a_cell_can_write() {
    for name in ["std::thread::JoinHandle<!>", "(!, fn(u8) -> !)"] {
        let text = name::text(name);
        let never = text.replace("fn() -> !", "").replace("fn(u8) -> !", "");
        assert!(!never.contains('!'), "{text}");
        assert_eq!(name::short(&text), name::short(name));
    }
    assert_eq!(name::text("fn() -> !"), "fn() -> !");
}

#[test]
fn texts_of_evcxr_name_the_types() {
    let text = known().readable("b: NetlabType0, a: NetlabType1");
    assert_eq!(text, "b: String, a: NetlabType1");
    assert_eq!(
        name::short(
            "(&'static str, std::sync::Arc<std::sync::Mutex<netlab::Bytes>>)"
        ),
        "(&'static str, Arc<Mutex<netlab::Bytes>>)"
    );
}
