//! `fate`: how a call has ended.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use netlab::judge;

const LIMIT: Option<Duration> = Some(Duration::from_millis(300));

fn solution(server: SocketAddr) -> &'static str {
    let Ok(mut conn) = TcpStream::connect(server) else {
        return "refused";
    };
    let read = conn
        .set_read_timeout(LIMIT)
        .and_then(|()| conn.read(&mut [0; 64]));
    match read.map_err(|error| error.kind()) {
        Ok(0) => "closed",
        Ok(_) => "answered",
        Err(ErrorKind::ConnectionReset) => "reset",
        Err(_) => "timeout",
    }
}

fn assert_mistake(function: fn(SocketAddr) -> &'static str, expected: &str) {
    let verdict = judge::fate(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::fate(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_is_told_of_the_answer() {
    assert_mistake(|_| "timeout", "answered");
}

#[test]
fn refusal_is_no_timeout() {
    assert_mistake(
        |server| match solution(server) {
            "refused" => "timeout",
            other => other,
        },
        "refused",
    );
}

#[test]
fn end_of_stream_is_no_answer() {
    assert_mistake(
        |server| match solution(server) {
            "closed" => "answered",
            other => other,
        },
        "closed",
    );
}

#[test]
fn reset_is_no_quiet_end() {
    assert_mistake(
        |server| match solution(server) {
            "reset" => "closed",
            other => other,
        },
        "reset",
    );
}

#[test]
fn silence_needs_a_timeout() {
    assert_mistake(
        |server| {
            let Ok(mut conn) = TcpStream::connect(server) else {
                return "refused";
            };
            match conn.read(&mut [0; 64]).map_err(|error| error.kind()) {
                Ok(0) => "closed",
                Ok(_) => "answered",
                Err(ErrorKind::ConnectionReset) => "reset",
                Err(_) => "timeout",
            }
        },
        "silent",
    );
}
