//! `ask`: a question with an end, and the whole answer.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use netlab::judge;

type Function = fn(SocketAddr, &str) -> io::Result<String>;

fn solution(server: SocketAddr, text: &str) -> io::Result<String> {
    let mut conn = TcpStream::connect(server)?;
    conn.write_all(text.as_bytes())?;
    conn.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    conn.read_to_string(&mut answer)?;
    Ok(answer)
}

fn assert_mistake(function: Function, expected: &str) {
    let verdict = judge::ask(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::ask(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_has_not_called() {
    assert_mistake(|_, _| Ok(String::new()), "not-called");
}

#[test]
fn question_without_an_end_is_not_answered() {
    assert_mistake(
        |server, text| {
            let mut conn = TcpStream::connect(server)?;
            conn.write_all(text.as_bytes())?;
            let mut answer = String::new();
            conn.read_to_string(&mut answer)?;
            Ok(answer)
        },
        "no-half-close",
    );
}

#[test]
fn who_closes_everything_hears_nothing() {
    assert_mistake(
        |server, text| {
            let mut conn = TcpStream::connect(server)?;
            conn.write_all(text.as_bytes())?;
            conn.shutdown(Shutdown::Both)?;
            let mut answer = String::new();
            conn.read_to_string(&mut answer)?;
            Ok(answer)
        },
        "closed",
    );
}

#[test]
fn one_read_is_not_the_whole_answer() {
    assert_mistake(
        |server, text| {
            let mut conn = TcpStream::connect(server)?;
            conn.write_all(text.as_bytes())?;
            conn.shutdown(Shutdown::Write)?;
            let mut piece = [0; 1024];
            let n = conn.read(&mut piece)?;
            Ok(String::from_utf8_lossy(&piece[..n]).into_owned())
        },
        "one-read",
    );
}

#[test]
fn question_that_was_not_sent_is_missed() {
    assert_mistake(
        |server, _| {
            let mut conn = TcpStream::connect(server)?;
            conn.shutdown(Shutdown::Write)?;
            let mut answer = String::new();
            conn.read_to_string(&mut answer)?;
            Ok(answer)
        },
        "not-asked",
    );
}
