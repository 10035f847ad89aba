//! `shout`: a server for one client that answers in capital letters.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use netlab::judge;

fn solution(mut conn: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let n = conn.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        buffer[..n].make_ascii_uppercase();
        conn.write_all(&buffer[..n])?;
    }
}

fn assert_mistake(function: fn(TcpStream) -> io::Result<()>, expected: &str) {
    let verdict = judge::shout(function);
    assert_eq!(verdict.mistake(), Some(expected), "{verdict}");
}

#[test]
fn solution_passes() {
    let verdict = judge::shout(solution);
    assert!(verdict.is_passed(), "{verdict}");
}

#[test]
fn stub_is_told_to_begin() {
    assert_mistake(|_| Ok(()), "not-begun");
}

#[test]
fn reading_alone_is_no_answer() {
    assert_mistake(|mut conn| conn.read(&mut [0; 1024]).map(drop), "no-answer");
}

#[test]
fn echo_is_not_loud() {
    assert_mistake(
        |mut conn| {
            let mut from = conn.try_clone()?;
            io::copy(&mut from, &mut conn).map(drop)
        },
        "not-uppercase",
    );
}

#[test]
fn one_read_is_not_the_whole_talk() {
    assert_mistake(
        |mut conn| {
            let mut buffer = [0; 1024];
            let n = conn.read(&mut buffer)?;
            buffer[..n].make_ascii_uppercase();
            conn.write_all(&buffer[..n])
        },
        "one-read",
    );
}

#[test]
fn whole_buffer_is_too_much() {
    assert_mistake(
        |mut conn| {
            let mut buffer = [0; 64];
            loop {
                let n = conn.read(&mut buffer)?;
                if n == 0 {
                    return Ok(());
                }
                buffer.make_ascii_uppercase();
                conn.write_all(&buffer)?;
            }
        },
        "whole-buffer",
    );
}

#[test]
fn line_reader_waits_for_more() {
    assert_mistake(
        |mut conn| {
            let lines = BufReader::new(conn.try_clone()?).lines();
            for line in lines {
                let line = line?.to_uppercase();
                conn.write_all(line.as_bytes())?;
            }
            Ok(())
        },
        "waits-for-more",
    );
}

#[test]
fn string_is_not_bytes() {
    assert_mistake(
        |mut conn| {
            let mut buffer = [0; 1024];
            loop {
                let n = conn.read(&mut buffer)?;
                if n == 0 {
                    return Ok(());
                }
                let text = String::from_utf8_lossy(&buffer[..n]);
                conn.write_all(text.to_ascii_uppercase().as_bytes())?;
            }
        },
        "text-only",
    );
}

#[test]
fn end_of_stream_that_is_missed_turns_for_ever() {
    assert_mistake(
        |mut conn| {
            let mut buffer = [0; 1024];
            loop {
                let n = conn.read(&mut buffer)?;
                buffer[..n].make_ascii_uppercase();
                conn.write_all(&buffer[..n])?;
            }
        },
        "no-end",
    );
}

#[test]
fn verdict_shows_the_talk_the_mistake_and_the_next_step() {
    let verdict = judge::shout(|mut conn: TcpStream| -> io::Result<()> {
        let mut word = [0; 4];
        conn.read_exact(&mut word)?;
        conn.write_all(&word)
    });
    assert_eq!(
        verdict.to_string(),
        "\
✗ Пока нет. Сервер, который кричит: 0 из 6
  ✗ слово: пришли другие байты
      послано   70 69 6e 67  ping
      пришло    70 69 6e 67  ping
      ждали     50 49 4e 47  PING
    Похоже: буквы вернулись такими, какими пришли.
    Дальше: сделайте прочитанную часть буфера заглавной: `make_ascii_uppercase`.
  · ещё слово
  · по одному байту
  · не текст
  · 8 МиБ сразу
  · конец потока"
    );
}
