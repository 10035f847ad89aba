use super::definitions::{Member, MemberKind};
use super::*;

/// Runs one cell after the other: its code, how it ends, and the variables
/// that are there afterwards, as `name: Type`.
fn session(runs: &[(&str, End, &str)]) -> Namespace {
    let namespace = Namespace::default();
    for (n, (code, end, variables)) in (1..).zip(runs) {
        let variables = variables.split(", ").filter_map(|variable| {
            let (name, of) = variable.split_once(": ")?;
            Some((name.to_owned(), of.to_owned()))
        });
        let variables = variables.collect();
        namespace.add(Run::new((n.into(), n), code, *end, variables));
    }
    namespace
}

fn fate(namespace: &Namespace, name: &str) -> Option<Fate> {
    namespace.fate(&Wanted::Name(name.to_owned()))
}

/// The cell that looks for a name.
const LOOKS: (&str, End, &str) = ("x", End::NotCompiled, "");

#[test]
fn variable_is_there_until_a_cell_moves_it() {
    let made = ("let x = v();", End::Done, "x: Vec<u8>");
    let there = session(&[made, ("x", End::NotCompiled, "x: Vec<u8>")]);
    assert_eq!(fate(&there, "x"), Some(Fate::Variable));
    let moved = session(&[made, ("drop(x)", End::Done, ""), LOOKS]);
    let of = "Vec<u8>".to_owned();
    let by = Fate::Moved { made: 1, by: 2, of };
    assert_eq!(fate(&moved, "x"), Some(by));
    assert_eq!(fate(&moved, "y"), None);
}

#[test]
fn cell_that_failed_has_made_nothing() {
    let failed = ("let x = f()?;", End::Failed, "");
    let not_made = Fate::NotMade {
        made: 1,
        end: End::Failed,
    };
    assert_eq!(fate(&session(&[failed, LOOKS]), "x"), Some(not_made));
    let overwritten = Fate::Overwritten { made: 1, by: 2 };
    let other = ("let (x, y) = g()?;", End::Failed, "");
    let made = ("let x = 1;", End::Done, "x: i32");
    // The later one is the one to run.
    let not_made = Fate::NotMade {
        made: 2,
        end: End::Failed,
    };
    assert_eq!(fate(&session(&[made, other, LOOKS]), "x"), Some(not_made));
    let macro_made = ("make!(x);", End::Failed, "");
    assert_eq!(
        fate(&session(&[made, macro_made, LOOKS]), "x"),
        Some(overwritten)
    );
}

#[test]
fn code_of_earlier_cells_is_not_read_again() {
    let session = session(&[
        ("let x = v();\nfn f() {}", End::Done, "x: u8"),
        ("y", End::NotCompiled, "x: u8"),
    ]);
    session.0.lock().unwrap()[0].code.clear();
    assert_eq!(fate(&session, "x"), Some(Fate::Variable));
    assert_eq!(fate(&session, "f"), Some(Fate::There { made: 1 }));
    assert!(!session.is_fresh());
}

#[test]
fn cell_that_has_not_begun_has_made_nothing() {
    let waited = ("fn f() {}\nlet x = 1;", End::NotBegun, "");
    let not_made = Fate::NotMade {
        made: 1,
        end: End::NotBegun,
    };
    for name in ["f", "x"] {
        let not_made = Some(not_made.clone());
        assert_eq!(fate(&session(&[waited, LOOKS]), name), not_made);
    }
    let again = ("fn f() {}\nlet x = 1;", End::Done, "x: i32");
    let there = ("x", End::NotCompiled, "x: i32");
    let there = session(&[waited, again, there]);
    assert_eq!(fate(&there, "x"), Some(Fate::Variable));
    assert_eq!(fate(&there, "f"), Some(Fate::There { made: 2 }));
}

#[test]
fn death_of_the_process_takes_variables_and_leaves_items() {
    let session = session(&[
        ("let x = 1;\nfn f() {}", End::Done, "x: i32"),
        ("std::process::abort()\nfn g() {}", End::Died, ""),
        LOOKS,
    ]);
    let died = Fate::Died {
        made: 1,
        during: Some(2),
    };
    assert_eq!(fate(&session, "x"), Some(died));
    assert_eq!(fate(&session, "f"), Some(Fate::There { made: 1 }));
    session.died();
    session.add(Run::new(
        (9, 9),
        "let z = 1;",
        End::NotCompiled,
        BTreeMap::new(),
    ));
    assert!(matches!(fate(&session, "x"), Some(Fate::Died { .. })));
}

#[test]
fn cleared_and_redefined_names_are_told_from_moved_ones() {
    let made = ("struct P;\nlet x = P;", End::Done, "x: ctx::P");
    let cleared = session(&[made, (":clear", End::Done, ""), LOOKS]);
    assert_eq!(fate(&cleared, "x"), Some(Fate::Cleared { made: 1 }));
    assert_eq!(fate(&cleared, "P"), Some(Fate::Cleared { made: 1 }));
    let again = ("struct P(u8);", End::Done, "");
    let redefined = session(&[made, again, LOOKS]);
    assert_eq!(
        fate(&redefined, "x"),
        Some(Fate::Redefined { made: 1, by: 2 })
    );
}

#[test]
fn cell_that_was_not_compiled_counts_only_if_there_is_no_other() {
    let broken = ("let x = 1", End::NotCompiled, "");
    let not_made = Fate::NotMade {
        made: 1,
        end: End::NotCompiled,
    };
    assert_eq!(fate(&session(&[broken, LOOKS]), "x"), Some(not_made));
    let made = ("let x = 1;", End::Done, "x: i32");
    let there = ("x", End::NotCompiled, "x: i32");
    let session =
        session(&[made, ("let x =", End::NotCompiled, "x: i32"), there]);
    assert_eq!(fate(&session, "x"), Some(Fate::Variable));
}

#[test]
fn methods_go_with_the_definition_of_their_type() {
    let both = "struct P;\nimpl P { fn area(&self) {} }";
    let made = (both, End::Done, "");
    let wanted = Wanted::Member(Member {
        kind: MemberKind::Method,
        of: "P".into(),
        name: "area".into(),
    });
    let there = session(&[made, LOOKS]).fate(&wanted);
    assert_eq!(there, Some(Fate::There { made: 1 }));
    let replaced = session(&[made, ("struct P(u8);", End::Done, ""), LOOKS]);
    let by = Fate::Replaced { made: 1, by: 2 };
    assert_eq!(replaced.fate(&wanted), Some(by));
}

#[test]
fn traits_are_found_by_name_and_by_glob() {
    for code in [
        "use std::io::Write;",
        "use std::io::{self, Read, Write as _};",
        "use std::io::prelude::*;",
        "use std::io::*;",
    ] {
        let session =
            session(&[(code, End::Done, ""), (":clear", End::Done, ""), LOOKS]);
        let wanted = Wanted::Trait("std::io::Write".into());
        let fate = session.fate(&wanted);
        assert_eq!(fate, Some(Fate::Cleared { made: 1 }), "{code}");
    }
}

#[test]
fn socket_is_owned_by_what_its_cell_has_left() {
    let bind = "let addr = a(); let listener = bind(addr)?; let n = 1;";
    let there =
        "addr: std::net::SocketAddr, listener: std::net::TcpListener, n: i32";
    let owners = session(&[
        (bind, End::Done, there),
        ("bind(addr)?;", End::Failed, there),
    ])
    .owners(1)
    .unwrap();
    assert_eq!(owners.variables, ["listener"]);
    assert_eq!((owners.cell, owners.gone.len()), (1, 0));
    // The same cell once more: its `?` has dropped the old one.
    let again = session(&[(bind, End::Done, there), (bind, End::Failed, "")]);
    let owners = again.owners(1).unwrap();
    assert!(owners.variables.is_empty());
    assert_eq!(owners.gone, ["listener"]);
}

#[test]
fn socket_that_was_moved_is_owned_by_what_was_made_of_it() {
    let owners = session(&[
        ("let l = bind()?;", End::Done, "l: std::net::TcpListener"),
        (
            "let server = serve(l);",
            End::Done,
            "server: netlab::Handle",
        ),
        ("bind()?;", End::Failed, "server: netlab::Handle"),
    ])
    .owners(1)
    .unwrap();
    assert_eq!(owners.cell, 2);
    assert_eq!(owners.variables, ["server"]);
    let owners = session(&[
        ("let l = bind()?;", End::Done, "l: std::net::TcpListener"),
        (
            "let t = spawn(move || l.accept());",
            End::Done,
            "t: std::thread::JoinHandle<()>",
        ),
        ("bind()?;", End::Failed, "t: std::thread::JoinHandle<()>"),
    ])
    .owners(1)
    .unwrap();
    assert_eq!((owners.cell, owners.variables.len()), (2, 0));
}

#[test]
fn type_that_is_called_like_a_number_may_own_a_socket() {
    let made = "let a = f(); let b = g();";
    let there = "a: usize, b: ctx::Mysize";
    let owners =
        session(&[(made, End::Done, there), ("h()?", End::Failed, there)]);
    assert_eq!(owners.owners(1).unwrap().variables, ["b"]);
}

#[test]
fn type_of_a_variable_that_its_own_cell_moves_is_read_there() {
    let made = "let l = TcpListener::bind(a)?; spawn(move || l.accept());";
    let moved = session(&[(made, End::Done, ""), LOOKS]);
    let of = "TcpListener".to_owned();
    let by = Fate::Moved { made: 1, by: 1, of };
    assert_eq!(fate(&moved, "l"), Some(by));
}
