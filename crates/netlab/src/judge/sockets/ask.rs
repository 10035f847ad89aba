//! The judge of a client that asks and reads the whole answer.

use std::net::SocketAddr;

use crate::judge::exercise::ASK;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::{ended, not_done, open};
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

static NOT_CALLED: Mistake = mistake!(
    "not-called",
    likely: [
        "функция вернулась, не подключившись к серверу",
        "the function returned without having connected to the server"
    ],
    next: [
        "начните с `TcpStream::connect(server)`",
        "begin with `TcpStream::connect(server)`",
    ],
);

static NO_HALF_CLOSE: Mistake = mistake!(
    "no-half-close",
    likely: [
        "сервер ждёт конца вопроса, а клиент – ответа: пишущая половина осталась открытой",
        "the server waits for the end of the question and the client for the answer: the writing half stayed open"
    ],
    next: [
        "скажите, что вопрос кончился: `shutdown(Shutdown::Write)`, и читайте дальше",
        "say that the question has ended: `shutdown(Shutdown::Write)`, and read on",
    ],
);

static CLOSED: Mistake = mistake!(
    "closed",
    likely: [
        "соединение закрыто целиком, и ответ уже некому принять",
        "the whole connection was closed, and nobody is there to take the answer"
    ],
    next: [
        "закройте только пишущую половину: `Shutdown::Write`, а не `Both` и не `drop`",
        "close the writing half only: `Shutdown::Write`, not `Both` and no `drop`",
    ],
);

static ONE_READ: Mistake = mistake!(
    "one-read",
    likely: [
        "один `read` принят за весь ответ",
        "one `read` was taken for the whole answer"
    ],
    next: [
        "читайте до конца потока: `read_to_string`",
        "read until the end of the stream: `read_to_string`",
    ],
);

static NOT_ASKED: Mistake = mistake!(
    "not-asked",
    likely: [
        "вопрос отправлен не весь или не отправлен вовсе",
        "the question was not sent, or not as a whole"
    ],
    next: [
        "отправьте весь текст: `write_all(text.as_bytes())`",
        "send the whole text: `write_all(text.as_bytes())`",
    ],
);

/// Judges `ask`: connects, sends the text, says that there is no more, and
/// returns the whole answer.
///
/// The server answers only when the question has ended. Its cases are a word,
/// an answer that comes byte after byte, no answer at all, and one mebibyte in
/// both directions.
///
/// # Examples
///
/// ```
/// use std::io::{self, Read, Write};
/// use std::net::{Shutdown, SocketAddr, TcpStream};
/// use netlab::judge;
///
/// fn ask(server: SocketAddr, text: &str) -> io::Result<String> {
///     let mut conn = TcpStream::connect(server)?;
///     conn.write_all(text.as_bytes())?;
///     conn.shutdown(Shutdown::Write)?;
///     let mut answer = String::new();
///     conn.read_to_string(&mut answer)?;
///     Ok(answer)
/// }
/// assert!(judge::ask(ask).is_passed());
/// ```
pub fn ask<R: Returns>(function: impl Fn(SocketAddr, &str) -> R) -> Verdict {
    let ping = |server| function(server, "ping");
    Trial::of(&ASK)
        .case(Text::new("слово", "a word"), None, |case| {
            let server = case.dial(ping)?;
            let mut peer = match server.accept() {
                Ok(peer) => peer,
                Err(failure) => {
                    case.returns()?;
                    return Err(failure).blame_if(|_| true, &NOT_CALLED);
                }
            };
            peer.expect(b"ping").blame_if(ended, &NOT_ASKED)?;
            peer.expect_end().blame_if(open, &NO_HALF_CLOSE)?;
            peer.send(b"pong").blame_if(ended, &CLOSED)?;
            peer.finish();
            case.returns_value("\"pong\"").blame_if(not_done, &CLOSED)
        })
        .case(
            Text::new("ответ по частям", "an answer in pieces"),
            Some(&ONE_READ),
            |case| {
                let mut peer = case.dial(ping)?.accept()?;
                peer.expect(b"ping")?;
                peer.expect_end()?;
                peer.send_apart(b"pong")?;
                peer.finish();
                case.returns_value("\"pong\"")
            },
        )
        .case(Text::new("ответа нет", "no answer"), None, |case| {
            let mut peer = case.dial(ping)?.accept()?;
            peer.expect(b"ping")?;
            peer.expect_end()?;
            peer.finish();
            case.returns_value("\"\"")
        })
        .case(
            Text::new("по мебибайту", "a mebibyte each"),
            Some(&NOT_ASKED),
            |case| {
                let question = "q".repeat(1 << 20);
                let answer = "a".repeat(1 << 20);
                let server = case.dial(|server| {
                    let got = function(server, &question).into_result()?;
                    Ok::<_, String>(got == format!("{answer:?}"))
                })?;
                let mut peer = server.accept()?;
                peer.expect(question.as_bytes())?;
                peer.expect_end()?;
                peer.send(answer.as_bytes())?;
                peer.finish();
                case.returns_value("true")
            },
        )
        .verdict()
}
