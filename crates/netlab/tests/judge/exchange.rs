//! `exchange`: both sides have more to say than the buffers take.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use netlab::judge;

fn solution(mut conn: TcpStream, data: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = conn.try_clone()?;
    let mut got = vec![0; data.len()];
    thread::scope(|s| {
        let writer = s.spawn(move || out.write_all(data));
        conn.read_exact(&mut got)?;
        writer.join().map_err(|_| io::Error::other("panic"))?
    })?;
    Ok(got)
}

type Function = fn(TcpStream, &[u8]) -> io::Result<Vec<u8>>;

fn assert_mistake(function: Function, expected: &str) {
    let verdict = judge::exchange(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::exchange(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn who_writes_first_meets_who_writes_first() {
    assert_mistake(
        |mut conn, data| {
            conn.write_all(data)?;
            let mut got = vec![0; data.len()];
            conn.read_exact(&mut got)?;
            Ok(got)
        },
        "writes-first",
    );
}

#[test]
fn who_reads_first_waits_for_ever() {
    assert_mistake(
        |mut conn, data| {
            let mut got = vec![0; data.len()];
            for byte in &mut got {
                conn.read_exact(std::slice::from_mut(byte))?;
            }
            // Here nobody has heard anything yet.
            conn.read_exact(&mut [0])?;
            conn.write_all(data)?;
            Ok(got)
        },
        "reads-first",
    );
}

#[test]
fn one_read_is_not_the_whole_answer() {
    assert_mistake(
        |mut conn, data| {
            conn.write_all(data)?;
            let mut got = vec![0; data.len()];
            let n = conn.read(&mut got)?;
            got.truncate(n);
            Ok(got)
        },
        "one-read",
    );
}

#[test]
fn end_of_stream_does_not_come() {
    assert_mistake(
        |mut conn, data| {
            conn.write_all(data)?;
            conn.shutdown(Shutdown::Write)?;
            let mut got = Vec::new();
            conn.read_to_end(&mut got)?;
            Ok(got)
        },
        "until-end",
    );
}
