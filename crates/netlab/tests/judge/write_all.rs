//! `write_all`: all of the bytes, in as many calls as it takes.

use std::io::{self, ErrorKind, Write};

use netlab::judge;

type Function = fn(&mut dyn Write, &[u8]) -> io::Result<()>;

fn solution(out: &mut dyn Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn assert_mistake(function: Function, expected: &str) {
    let verdict = judge::write_all(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::write_all(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn standard_library_passes() {
    let verdict = judge::write_all(|out: &mut dyn Write, bytes: &[u8]| {
        out.write_all(bytes)
    });
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_writes_once() {
    assert_mistake(|out, bytes| out.write(bytes).map(drop), "one-write");
}

#[test]
fn rest_is_not_the_whole() {
    assert_mistake(
        |out, bytes| {
            let mut left = bytes.len();
            while left > 0 {
                left -= out.write(bytes)?.min(left);
            }
            Ok(())
        },
        "from-the-start",
    );
}

#[test]
fn signal_is_no_error() {
    assert_mistake(
        |out, mut bytes| {
            while !bytes.is_empty() {
                let n = out.write(bytes)?;
                bytes = &bytes[n..];
            }
            Ok(())
        },
        "interrupted",
    );
}

#[test]
fn nothing_taken_is_the_end() {
    assert_mistake(
        |out, mut bytes| {
            while !bytes.is_empty() {
                match out.write(bytes) {
                    Ok(n) => bytes = &bytes[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        },
        "zero",
    );
}

#[test]
fn error_is_not_swallowed() {
    assert_mistake(
        |out, mut bytes| {
            while !bytes.is_empty() {
                match out.write(bytes) {
                    Ok(0) => return Err(ErrorKind::WriteZero.into()),
                    Ok(n) => bytes = &bytes[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            Ok(())
        },
        "swallowed",
    );
}
