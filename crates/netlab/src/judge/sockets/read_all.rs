//! The judge of a reader with a deadline for everything.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Duration;

use crate::judge::exercise::READ_ALL;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::{failed, hung};
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

/// The deadline that the function gets where it must be over.
const SHORT: Duration = Duration::from_millis(200);

/// The deadline that the function gets where everything comes in time.
const LONG: Duration = Duration::from_secs(60);

/// A silence of the peer that is much shorter than any deadline.
const PAUSE: Duration = Duration::from_millis(20);

static NO_TIMEOUT: Mistake = mistake!(
    "no-timeout",
    likely: [
        "`read` ждёт без срока: собеседник молчит, и функция не вернётся никогда",
        "`read` waits for ever: the peer is silent, and the function will never return"
    ],
    next: [
        "перед `read` задайте `set_read_timeout(Some(…))`: сколько осталось до срока",
        "before `read` say `set_read_timeout(Some(…))`: what is left until the deadline",
    ],
);

static TIMEOUT_BEGINS_ANEW: Mistake = mistake!(
    "timeout-begins-anew",
    likely: [
        "таймаут начинается заново с каждым `read`: байта изредка хватает, чтобы держать вас вечно",
        "the timeout begins anew with each `read`: a byte now and then is enough to hold you for ever"
    ],
    next: [
        "запомните срок один раз (`Instant::now() + limit`) и перед каждым `read` считайте остаток",
        "note the deadline once (`Instant::now() + limit`) and before each `read` compute what is left",
    ],
);

static LOST: Mistake = mistake!(
    "lost",
    likely: [
        "пришедшее потеряно: один `read` принят за всё",
        "what came was lost: one `read` was taken for everything"
    ],
    next: [
        "складывайте куски в один `Vec`, пока `read` не вернёт `Ok(0)`",
        "put the pieces into one `Vec` until `read` returns `Ok(0)`",
    ],
);

static ZERO_TIMEOUT: Mistake = mistake!(
    "zero-timeout",
    likely: [
        "срок прошёл между двумя `read`, а таймаут нулевой длины запрещён",
        "the deadline passed between two reads, and a timeout of no length is forbidden"
    ],
    next: [
        "если до срока ничего не осталось, сразу верните `ErrorKind::TimedOut`",
        "where nothing is left until the deadline, return `ErrorKind::TimedOut` at once",
    ],
);

static WRONG_KIND: Mistake = mistake!(
    "wrong-kind",
    likely: [
        "Linux сообщает о таймауте чтения как `WouldBlock`, а договорились о `TimedOut`",
        "Linux tells a read timeout as `WouldBlock`, and `TimedOut` was agreed"
    ],
    next: [
        "замените `WouldBlock` на `TimedOut`, прежде чем вернуть ошибку",
        "put `TimedOut` in the place of `WouldBlock` before you return the error",
    ],
);

/// Judges `read_all`: reads until the end of the stream, for as long as `limit`
/// allows in all; then its error is of the kind `TimedOut`.
///
/// Its cases are a text that is there, one that comes byte after byte, a silent
/// peer, and a peer that sends a byte every now and then without end.
///
/// # Examples
///
/// ```
/// use std::io::{self, ErrorKind, Read};
/// use std::net::TcpStream;
/// use std::time::{Duration, Instant};
/// use netlab::judge;
///
/// fn read_all(mut conn: TcpStream, limit: Duration) -> io::Result<Vec<u8>> {
///     let deadline = Instant::now() + limit;
///     let (mut all, mut piece) = (Vec::new(), [0; 1024]);
///     loop {
///         let left = deadline.saturating_duration_since(Instant::now());
///         if left.is_zero() {
///             return Err(ErrorKind::TimedOut.into());
///         }
///         conn.set_read_timeout(Some(left))?;
///         match conn.read(&mut piece) {
///             Ok(0) => return Ok(all),
///             Ok(n) => all.extend(&piece[..n]),
///             Err(error) if error.kind() == ErrorKind::WouldBlock => {}
///             Err(error) => return Err(error),
///         }
///     }
/// }
/// assert!(judge::read_all(read_all).is_passed());
/// ```
pub fn read_all<R: Returns>(
    function: impl Fn(TcpStream, Duration) -> R,
) -> Verdict {
    let text = format!("{:?}", b"ping");
    Trial::of(&READ_ALL)
        .case(
            Text::new("всё уже здесь", "all is there"),
            None,
            |case| {
                let mut peer =
                    case.serve(b"ping", |conn| function(conn, LONG))?;
                peer.finish();
                case.returns_value(&text)
            },
        )
        .case(
            Text::new("по одному байту", "a byte at a time"),
            Some(&LOST),
            |case| {
                let mut peer = case.serve(&[], |conn| function(conn, LONG))?;
                peer.send_apart(b"ping")?;
                peer.finish();
                case.returns_value(&text)
            },
        )
        .case(Text::new("молчание", "silence"), None, |case| {
            let _peer = case.serve(b"pi", |conn| function(conn, SHORT))?;
            case.fails(ErrorKind::TimedOut)
                .blame_if(hung, &NO_TIMEOUT)
                .blame_if(failed("WouldBlock"), &WRONG_KIND)
                .blame_if(failed("InvalidInput"), &ZERO_TIMEOUT)
        })
        .case(
            Text::new("байт за байтом без конца", "byte after byte for ever"),
            None,
            |case| {
                let mut peer =
                    case.serve(b"p", |conn| function(conn, SHORT))?;
                peer.drip(b'p', PAUSE);
                case.fails(ErrorKind::TimedOut)
                    .blame_if(hung, &TIMEOUT_BEGINS_ANEW)
                    .blame_if(failed("WouldBlock"), &WRONG_KIND)
                    .blame_if(failed("InvalidInput"), &ZERO_TIMEOUT)
            },
        )
        .verdict()
}
