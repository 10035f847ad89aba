//! `letters`: letters that come in pieces.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use netlab::judge;

fn solution(mut conn: TcpStream) -> io::Result<()> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 1024]);
    while let n @ 1.. = conn.read(&mut piece)? {
        bytes.extend(&piece[..n]);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Err(ErrorKind::InvalidData.into()),
        };
        let text: Vec<u8> = bytes.drain(..whole).collect();
        let text = String::from_utf8_lossy(&text).to_uppercase();
        conn.write_all(text.as_bytes())?;
    }
    match bytes.as_slice() {
        [] => Ok(()),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

fn assert_mistake(function: fn(TcpStream) -> io::Result<()>, expected: &str) {
    let verdict = judge::letters(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

/// Answers each piece with what `loud` makes of it.
fn answer(
    mut conn: TcpStream,
    loud: impl Fn(&[u8]) -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    let mut piece = [0; 1024];
    while let n @ 1.. = conn.read(&mut piece)? {
        conn.write_all(&loud(&piece[..n])?)?;
    }
    Ok(())
}

#[test]
fn solution_passes() {
    let verdict = judge::letters(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_is_not_loud() {
    assert_mistake(|conn| answer(conn, |piece| Ok(piece.to_vec())), "not-loud");
}

#[test]
fn latin_letters_are_not_all() {
    assert_mistake(
        |conn| answer(conn, |piece| Ok(piece.to_ascii_uppercase())),
        "ascii-only",
    );
}

#[test]
fn piece_is_not_text() {
    assert_mistake(
        |conn| {
            answer(conn, |piece| {
                let text = String::from_utf8_lossy(piece).to_uppercase();
                Ok(text.into_bytes())
            })
        },
        "piece-is-text",
    );
}

#[test]
fn piece_that_must_be_text_fails() {
    assert_mistake(
        |conn| {
            answer(conn, |piece| {
                let text = std::str::from_utf8(piece);
                let text = text.map_err(|_| ErrorKind::InvalidData)?;
                Ok(text.to_uppercase().into_bytes())
            })
        },
        "piece-is-text",
    );
}

#[test]
fn answer_does_not_wait_for_the_end() {
    assert_mistake(
        |mut conn| {
            let mut text = String::new();
            conn.read_to_string(&mut text)?;
            conn.write_all(text.to_uppercase().as_bytes())
        },
        "waits-for-end",
    );
}

#[test]
fn tail_of_a_piece_is_kept() {
    assert_mistake(
        |conn| {
            answer(conn, |piece| {
                let whole = piece.utf8_chunks();
                let whole: String = whole.map(|chunk| chunk.valid()).collect();
                Ok(whole.to_uppercase().into_bytes())
            })
        },
        "lost-tail",
    );
}

#[test]
fn what_is_no_text_is_an_error() {
    assert_mistake(
        |mut conn| {
            let (mut bytes, mut piece) = (Vec::new(), [0; 1024]);
            while let n @ 1.. = conn.read(&mut piece)? {
                bytes.extend(&piece[..n]);
                let whole = match std::str::from_utf8(&bytes) {
                    Ok(text) => text.len(),
                    Err(error) => error.valid_up_to(),
                };
                let text: Vec<u8> = bytes.drain(..whole).collect();
                let text = String::from_utf8_lossy(&text).to_uppercase();
                conn.write_all(text.as_bytes())?;
            }
            Ok(())
        },
        "not-text",
    );
}

#[test]
fn end_inside_a_letter_is_an_error() {
    assert_mistake(
        |mut conn| {
            let (mut bytes, mut piece) = (Vec::new(), [0; 1024]);
            while let n @ 1.. = conn.read(&mut piece)? {
                bytes.extend(&piece[..n]);
                let whole = match std::str::from_utf8(&bytes) {
                    Ok(text) => text.len(),
                    Err(error) if error.error_len().is_none() => {
                        error.valid_up_to()
                    }
                    Err(_) => return Err(ErrorKind::InvalidData.into()),
                };
                let text: Vec<u8> = bytes.drain(..whole).collect();
                let text = String::from_utf8_lossy(&text).to_uppercase();
                conn.write_all(text.as_bytes())?;
            }
            Ok(())
        },
        "cut-end",
    );
}
