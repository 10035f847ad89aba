//! The judge of a server that shouts.

use std::net::TcpStream;

use crate::judge::exercise::SHOUT;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::{came, ended, hung, other, reset, silent};
use crate::judge::trial::{Trial, big};
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

/// More than the buffers of both sides take.
const BIG: usize = 8 << 20;

static NOT_BEGUN: Mistake = mistake!(
    "not-begun",
    likely: [
        "функция вернулась, ничего не прочитав",
        "the function returned without having read anything"
    ],
    next: [
        "прочитайте кусок (`read`), сделайте буквы заглавными и отправьте его обратно",
        "read a piece (`read`), make its letters capital, and send it back",
    ],
);

static NO_ANSWER: Mistake = mistake!(
    "no-answer",
    likely: [
        "прочитанное никуда не отправлено, а соединение уже закрыто",
        "what was read was sent nowhere, and the connection is closed"
    ],
    next: [
        "сделайте прочитанное заглавным, отправьте обратно (`write_all`) и читайте дальше",
        "make what was read capital, send it back (`write_all`), and read on",
    ],
);

static ONE_READ: Mistake = mistake!(
    "one-read",
    likely: [
        "один `read` принят за весь разговор",
        "one `read` was taken for the whole talk"
    ],
    next: [
        "читайте в цикле, пока `read` не вернёт `Ok(0)`",
        "read in a loop until `read` returns `Ok(0)`",
    ],
);

static NOT_UPPERCASE: Mistake = mistake!(
    "not-uppercase",
    likely: [
        "буквы вернулись такими, какими пришли",
        "the letters came back as they were sent"
    ],
    next: [
        "сделайте прочитанную часть буфера заглавной: `make_ascii_uppercase`",
        "make what was read of the buffer capital: `make_ascii_uppercase`",
    ],
);

static WHOLE_BUFFER: Mistake = mistake!(
    "whole-buffer",
    likely: [
        "отправлен весь буфер, а не прочитанная часть",
        "the whole buffer was sent, not what was read into it"
    ],
    next: [
        "отправляйте `&buffer[..n]`, где `n` вернул `read`",
        "send `&buffer[..n]`, where `n` is what `read` returned",
    ],
);

static TEXT_ONLY: Mistake = mistake!(
    "text-only",
    likely: [
        "байты по пути превратились в строку, а они не всегда UTF-8",
        "the bytes became a string on the way, and they are not always UTF-8"
    ],
    next: [
        "работайте с байтами: `make_ascii_uppercase` есть и у `[u8]`",
        "work with bytes: `[u8]` has `make_ascii_uppercase`, too",
    ],
);

static PARTIAL_WRITE: Mistake = mistake!(
    "partial-write",
    likely: [
        "один `write` отправил не всё: сколько он взял, говорит его результат",
        "one `write` did not send everything: its result says how much it took"
    ],
    next: [
        "замените `write` на `write_all`",
        "put `write_all` in the place of `write`",
    ],
);

static WAITS_FOR_MORE: Mistake = mistake!(
    "waits-for-more",
    likely: [
        "ответ копится до конца потока или до полного буфера",
        "the answer is kept until the end of the stream or a full buffer"
    ],
    next: [
        "отвечайте на каждый прочитанный кусок сразу: `read`, потом `write_all`",
        "answer each piece as soon as it is read: `read`, then `write_all`",
    ],
);

static NO_END: Mistake = mistake!(
    "no-end",
    likely: [
        "конец потока не замечен: `read` вернул `Ok(0)`, а цикл идёт дальше",
        "the end of the stream was missed: `read` returned `Ok(0)` and the loop goes on"
    ],
    next: [
        "при `Ok(0)` выйдите из цикла и верните `Ok(())`",
        "leave the loop at `Ok(0)` and return `Ok(())`",
    ],
);

/// Judges `shout`: a server for one client that returns every piece in capital
/// ASCII letters, until the end of the stream.
///
/// The function runs in a process of its own. Its cases are a word, two words
/// one after the other, one byte at a time, what is no text, eight mebibytes at
/// once, and the end of the stream.
///
/// # Examples
///
/// ```
/// use std::io::{self, Read, Write};
/// use std::net::TcpStream;
/// use netlab::judge;
///
/// fn shout(mut conn: TcpStream) -> io::Result<()> {
///     let mut buffer = [0; 1024];
///     loop {
///         let n = conn.read(&mut buffer)?;
///         if n == 0 {
///             return Ok(());
///         }
///         buffer[..n].make_ascii_uppercase();
///         conn.write_all(&buffer[..n])?;
///     }
/// }
/// assert!(judge::shout(shout).is_passed());
/// ```
pub fn shout<R: Returns>(function: impl Fn(TcpStream) -> R) -> Verdict {
    Trial::of(&SHOUT)
        .case(Text::new("слово", "a word"), None, |case| {
            let mut peer = case.serve(b"ping", &function)?;
            peer.expect(b"PING")
                .blame_if(came(b"ping"), &NOT_UPPERCASE)
                .blame_if(reset, &NOT_BEGUN)
                .blame_if(ended, &NO_ANSWER)
                .blame_if(silent, &WAITS_FOR_MORE)
        })
        .case(
            Text::new("ещё слово", "one more word"),
            None,
            |case| {
                let mut peer = case.serve(b"ping", &function)?;
                peer.expect(b"PING")?;
                peer.send(b"pong")
                    .and_then(|()| peer.expect(b"PONG"))
                    .blame_if(ended, &ONE_READ)
                    .blame_if(other, &WHOLE_BUFFER)
            },
        )
        .case(
            Text::new("по одному байту", "a byte at a time"),
            None,
            |case| {
                let mut peer = case.serve(&[], &function)?;
                peer.send_apart(b"hi there")?;
                peer.expect(b"HI THERE")
            },
        )
        .case(
            Text::new("не текст", "no text"),
            Some(&TEXT_ONLY),
            |case| {
                let mut peer = case.serve(b"a\0\xff\xd0b", &function)?;
                peer.expect(b"A\0\xff\xd0B")
            },
        )
        .case(big(BIG), Some(&PARTIAL_WRITE), |case| {
            let mut peer = case.serve(&[], &function)?;
            peer.exchange(&vec![b'a'; BIG], &vec![b'A'; BIG])
        })
        .case(
            Text::new("конец потока", "end of stream"),
            None,
            |case| {
                let mut peer = case.serve(b"bye", &function)?;
                peer.expect(b"BYE")?;
                peer.finish();
                peer.expect_end().blame_if(|_| true, &NO_END)?;
                case.returns().map(drop).blame_if(hung, &NO_END)
            },
        )
        .verdict()
}
