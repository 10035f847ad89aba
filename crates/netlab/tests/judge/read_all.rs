//! `read_all`: a deadline for everything.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use netlab::judge;

type Function = fn(TcpStream, Duration) -> io::Result<Vec<u8>>;

fn solution(mut conn: TcpStream, limit: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + limit;
    let (mut all, mut piece) = (Vec::new(), [0; 1024]);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        conn.set_read_timeout(Some(left))?;
        match conn.read(&mut piece) {
            Ok(0) => return Ok(all),
            Ok(n) => all.extend(&piece[..n]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

fn assert_mistake(function: Function, expected: &str) {
    let verdict = judge::read_all(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::read_all(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_waits_for_ever() {
    assert_mistake(
        |mut conn, _| {
            let mut all = Vec::new();
            conn.read_to_end(&mut all)?;
            Ok(all)
        },
        "no-timeout",
    );
}

#[test]
fn timeout_of_each_read_is_no_deadline() {
    assert_mistake(
        |mut conn, limit| {
            conn.set_read_timeout(Some(limit))?;
            let mut all = Vec::new();
            conn.read_to_end(&mut all)
                .map_err(|error| match error.kind() {
                    ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
                    _ => error,
                })?;
            Ok(all)
        },
        "timeout-begins-anew",
    );
}

#[test]
fn would_block_is_another_kind() {
    assert_mistake(
        |mut conn, limit| {
            conn.set_read_timeout(Some(limit))?;
            let mut all = Vec::new();
            conn.read_to_end(&mut all)?;
            Ok(all)
        },
        "wrong-kind",
    );
}

#[test]
fn one_read_is_not_everything() {
    assert_mistake(
        |mut conn, limit| {
            conn.set_read_timeout(Some(limit))?;
            let mut piece = [0; 1024];
            let n = conn.read(&mut piece)?;
            Ok(piece[..n].to_vec())
        },
        "lost",
    );
}

#[test]
fn timeout_of_no_length_is_forbidden() {
    assert_mistake(
        |mut conn, limit| {
            let deadline = Instant::now() + limit;
            let (mut all, mut piece) = (Vec::new(), [0; 1024]);
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                conn.set_read_timeout(Some(left))?;
                match conn.read(&mut piece) {
                    Ok(0) => return Ok(all),
                    Ok(n) => all.extend(&piece[..n]),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
        },
        "zero-timeout",
    );
}
