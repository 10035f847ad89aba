//! The judge of a client that tells how its call has ended.

use std::net::{Ipv4Addr, SocketAddr};

use crate::judge::exercise::FATE;
use crate::judge::failure::{Blame, Failure};
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::hung;
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

static REFUSED: Mistake = mistake!(
    "refused",
    likely: [
        "никто не слушает, и `connect` вернул `ConnectionRefused`, а функция этого не различает",
        "nobody listens and `connect` has returned `ConnectionRefused`, which the function does not tell"
    ],
    next: [
        "разберите ошибку `connect`: `error.kind()` в `match`",
        "look at the error of `connect`: `error.kind()` in a `match`",
    ],
);

static CLOSED: Mistake = mistake!(
    "closed",
    likely: [
        "сервер закрыл соединение без ответа: `read` вернул `Ok(0)`, и это не ошибка",
        "the server has closed the connection unanswered: `read` has returned `Ok(0)`, which is no error"
    ],
    next: [
        "отличите `Ok(0)` от `Ok(n)`: ноль байтов – это конец потока",
        "tell `Ok(0)` from `Ok(n)`: no bytes are the end of the stream",
    ],
);

static RESET: Mistake = mistake!(
    "reset",
    likely: [
        "соединение оборвано: `read` вернул `ConnectionReset`, а это не тихий конец",
        "the connection was broken off: `read` has returned `ConnectionReset`, and that is no quiet end"
    ],
    next: [
        "добавьте в `match` ветку `ErrorKind::ConnectionReset`",
        "add a branch `ErrorKind::ConnectionReset` to the `match`",
    ],
);

static SILENT: Mistake = mistake!(
    "silent",
    likely: [
        "сервер молчит, и `read` ждёт без срока",
        "the server is silent, and `read` waits for ever"
    ],
    next: [
        "задайте таймаут: `set_read_timeout(Some(limit))`; на Linux он кончается ошибкой `WouldBlock`",
        "set a timeout: `set_read_timeout(Some(limit))`; on Linux it ends with the error `WouldBlock`",
    ],
);

static ANSWERED: Mistake = mistake!(
    "answered",
    likely: [
        "сервер ответил, а функция сказала другое",
        "the server has answered, and the function said otherwise"
    ],
    next: [
        "если `read` вернул `Ok(n)` и `n` больше нуля, это `\"answered\"`",
        "where `read` has returned `Ok(n)` and `n` is more than zero, it is `\"answered\"`",
    ],
);

/// Judges `fate`: connects, reads once, and says how it ended: `"answered"`,
/// `"refused"`, `"timeout"`, `"reset"` or `"closed"`. How long it waits is its
/// own decision, a second at most.
///
/// Its cases are one server for each of them.
///
/// # Examples
///
/// ```
/// use std::io::{ErrorKind, Read};
/// use std::net::{SocketAddr, TcpStream};
/// use std::time::Duration;
/// use netlab::judge;
///
/// fn fate(server: SocketAddr) -> &'static str {
///     let Ok(mut conn) = TcpStream::connect(server) else {
///         return "refused";
///     };
///     let limit = Some(Duration::from_millis(300));
///     let read = conn.set_read_timeout(limit).and_then(|()| conn.read(&mut [0; 64]));
///     match read.map_err(|error| error.kind()) {
///         Ok(0) => "closed",
///         Ok(_) => "answered",
///         Err(ErrorKind::ConnectionReset) => "reset",
///         Err(_) => "timeout",
///     }
/// }
/// assert!(judge::fate(fate).is_passed());
/// ```
pub fn fate<R: Returns>(function: impl Fn(SocketAddr) -> R) -> Verdict {
    Trial::of(&FATE)
        .case(
            Text::new("ответ", "an answer"),
            Some(&ANSWERED),
            |case| {
                let mut peer = case.dial(&function)?.accept()?;
                peer.send(b"pong")?;
                case.returns_value("\"answered\"")
            },
        )
        .case(
            Text::new("никто не слушает", "nobody listens"),
            Some(&REFUSED),
            |case| {
                // Bound and not listening: nobody else can take the port.
                let bound = bound().map_err(|it| Failure::no_case(&it))?;
                case.start(&[], || function(bound.1))?;
                case.returns_value("\"refused\"")
            },
        )
        .case(
            Text::new("закрыто молча", "closed without a word"),
            Some(&CLOSED),
            |case| {
                let mut peer = case.dial(&function)?.accept()?;
                peer.finish();
                case.returns_value("\"closed\"")
            },
        )
        .case(
            Text::new("оборвано", "broken off"),
            Some(&RESET),
            |case| {
                case.dial(&function)?.accept()?.reset();
                case.returns_value("\"reset\"")
            },
        )
        .case(
            Text::new("молчание", "silence"),
            Some(&SILENT),
            |case| {
                let _peer = case.dial(&function)?.accept()?;
                case.returns_value("\"timeout\"").blame_if(hung, &SILENT)
            },
        )
        .verdict()
}

/// A port on which nobody listens, and what keeps it.
fn bound() -> std::io::Result<(socket2::Socket, SocketAddr)> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let addr = socket.local_addr()?.as_socket();
    let addr = addr.ok_or(std::io::ErrorKind::Unsupported)?;
    Ok((socket, addr))
}
