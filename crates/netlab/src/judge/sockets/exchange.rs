//! The judge of an exchange in which both sides have much to say.

use std::net::TcpStream;

use crate::judge::exercise::EXCHANGE;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::{hung, silent};
use crate::judge::trial::{Trial, big};
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

/// More than the buffers of both sides take.
const BIG: usize = 8 << 20;

static WRITES_FIRST: Mistake = mistake!(
    "writes-first",
    likely: [
        "сначала пишется всё, и только потом читается: обе стороны ждут в `write`, пока другая прочтёт",
        "everything is written before anything is read: both sides wait in `write` for the other to read"
    ],
    next: [
        "пишите в одном потоке, а читайте в другом: `try_clone` и `thread::scope`",
        "write in one thread and read in another: `try_clone` and `thread::scope`",
    ],
);

static READS_FIRST: Mistake = mistake!(
    "reads-first",
    likely: [
        "сначала читается всё, а сказать ещё ничего не сказали: обе стороны ждут в `read`",
        "everything is read before anything is said: both sides wait in `read`"
    ],
    next: [
        "пишите в одном потоке, а читайте в другом: `try_clone` и `thread::scope`",
        "write in one thread and read in another: `try_clone` and `thread::scope`",
    ],
);

static ONE_READ: Mistake = mistake!(
    "one-read",
    likely: [
        "один `read` принят за весь ответ",
        "one `read` was taken for the whole answer"
    ],
    next: [
        "прочитайте ровно столько, сколько отправили: `read_exact`",
        "read exactly as much as you have sent: `read_exact`",
    ],
);

static UNTIL_END: Mistake = mistake!(
    "until-end",
    likely: [
        "чтение ждёт конца потока, а соединение остаётся открытым",
        "the reader waits for the end of the stream, and the connection stays open"
    ],
    next: [
        "сколько читать, известно: столько же, сколько отправлено (`read_exact`)",
        "how much to read is known: as much as was sent (`read_exact`)",
    ],
);

/// Judges `exchange`: sends all of its bytes and receives as many at the same
/// time; returns what it has received.
///
/// Its cases are a word, a word that comes in pieces, a connection that stays
/// open, and eight mebibytes in both directions, from a peer that reads nothing
/// before it has said everything.
///
/// # Examples
///
/// ```
/// use std::io::{self, Read, Write};
/// use std::net::TcpStream;
/// use std::thread;
/// use netlab::judge;
///
/// fn exchange(mut conn: TcpStream, data: &[u8]) -> io::Result<Vec<u8>> {
///     let mut out = conn.try_clone()?;
///     let mut got = vec![0; data.len()];
///     thread::scope(|s| {
///         let writer = s.spawn(move || out.write_all(data));
///         conn.read_exact(&mut got)?;
///         writer.join().map_err(|_| io::Error::other("panic"))?
///     })?;
///     Ok(got)
/// }
/// assert!(judge::exchange(exchange).is_passed());
/// ```
pub fn exchange<R: Returns>(
    function: impl Fn(TcpStream, &[u8]) -> R,
) -> Verdict {
    let word = |conn| function(conn, b"ping");
    let word_back = format!("{:?}", b"pong");
    Trial::of(&EXCHANGE)
        .case(Text::new("слово", "a word"), None, |case| {
            let mut peer = case.serve(b"pong", word)?;
            peer.expect(b"ping").blame_if(silent, &READS_FIRST)?;
            // The connection stays open.
            case.returns_value(&word_back).blame_if(hung, &UNTIL_END)
        })
        .case(
            Text::new("ответ по частям", "an answer in pieces"),
            Some(&ONE_READ),
            |case| {
                let mut peer = case.serve(&[], word)?;
                peer.expect(b"ping").blame_if(silent, &READS_FIRST)?;
                peer.send_apart(b"pong")?;
                case.returns_value(&word_back)
            },
        )
        .case(big(BIG), Some(&WRITES_FIRST), |case| {
            let data = vec![1; BIG];
            let mut peer = case.serve(&[], |conn| {
                let got = function(conn, &data).into_result()?;
                let expected = format!("{:?}", vec![2_u8; BIG]);
                Ok::<_, String>(got == expected)
            })?;
            // Everything is said before anything is heard.
            peer.send(&vec![2; BIG])?;
            peer.expect(&data)?;
            case.returns_value("true")
        })
        .verdict()
}
