//! Serves one connection; the iterative, the forking and the threaded server
//! share it.
//!
//! The async twin of this file is `async_connection.rs`. Compare them: the
//! tokio server reads the same, but it must put each call under a `timeout`
//! where the blocking one sets the timeouts on the socket once.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::commands::{Command, CommandScanner};
use super::session::Session;
use crate::timeout;
use crate::trace::{CloseReason, EventKind, Recorder};

/// Bytes read at a time.
pub(super) const BUFFER: usize = 4096;

/// How long a server waits for the client to close after a farewell.
const FAREWELL: Duration = Duration::from_millis(100);

/// Bytes of an answer: those of one read and a command that was held back and
/// has turned out to be text.
pub(super) const ANSWER: usize = BUFFER + 8;

/// Who is told what happens on a connection: a [`Session`], or the log of a
/// forked child, which may not allocate.
///
/// Both calls that happen for each packet return the time at which they noted
/// it: the timeout of what comes next begins then, and one look at the clock
/// serves for both.
pub(super) trait Witness {
    fn received(&mut self, packet: &[u8]) -> Instant;
    fn sent(&mut self, bytes: usize) -> Instant;
    fn command(&mut self, command: Command);
}

/// What an accept loop does after a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It accepts the next one.
    NextClient,
    /// It stops: the client has sent `stop`.
    Stop,
}

/// Echoes everything a client sends until it is done.
///
/// Calls [`read(2)`] and [`write(2)`] in a loop; 0 bytes mean that the client
/// has closed its side. The timeouts are those of the socket: set them before
/// with [`TcpStream::set_read_timeout`] and [`TcpStream::set_write_timeout`].
/// The one for reading is the time for the next bytes to arrive, the one for
/// writing the time for all of one answer, however many calls it takes and
/// however many signals interrupt them.
/// A client that is silent, does not read, or breaks the connection off is an
/// ordinary ending, recorded in the session's log, not an error.
///
/// [`read(2)`]: https://man7.org/linux/man-pages/man2/read.2.html
/// [`write(2)`]: https://man7.org/linux/man-pages/man2/write.2.html
///
/// # Errors
///
/// Any other error of the socket. It concerns this client only: an accept loop
/// that leaves with `?` here lets one client end the server.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Flow, Session, connection};
/// use netlab::trace::Recorder;
/// use std::io::Write;
/// use std::net::TcpStream;
///
/// let listener = server::bind("127.0.0.1:0")?;
/// let mut client = TcpStream::connect(listener.local_addr()?)?;
/// client.write_all(b"ping\nquit\n")?;
///
/// let (stream, peer) = listener.accept()?;
/// let mut session = Session::new(peer, &Recorder::new());
/// assert_eq!(connection::handle(&stream, &mut session)?, Flow::NextClient);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn handle(stream: &TcpStream, session: &mut Session) -> io::Result<Flow> {
    // It grows to what this client needs: most send lines.
    let mut answer = Vec::new();
    let result = echo(stream, session, &mut answer);
    session.close(result)
}

/// The loop of [`handle`]. It does not allocate if `answer` has room for
/// [`ANSWER`] bytes.
pub(super) fn echo(
    stream: &TcpStream,
    witness: &mut impl Witness,
    answer: &mut Vec<u8>,
) -> io::Result<CloseReason> {
    let mut scanner = CommandScanner::new();
    let mut buffer = [0; BUFFER];
    let mut broken = None;
    let mut now = Instant::now();
    loop {
        let count = match timeout::read(stream, &mut buffer, now) {
            Ok(count) => count,
            Err(error) if timeout::is_timeout(&error) => {
                return Ok(CloseReason::ReadTimeout);
            }
            Err(error) => return Err(broken.unwrap_or(error)),
        };
        let (packet, mut command) = (&buffer[..count], None);
        let echo = match count {
            // Half-close: the client has shut down its writing side and may
            // still be reading. It gets what was held back for it.
            0 => {
                now = Instant::now();
                scanner.finish(answer);
                &answer[..]
            }
            _ => {
                now = witness.received(packet);
                if scanner.takes_as_text(packet) {
                    packet
                } else {
                    command = scanner.push(packet, answer);
                    &answer[..]
                }
            }
        };
        // `write` may take a part only; `write_all` calls it again for the
        // rest. With `write` alone big messages would lose their ends.
        let written = timeout::write_all(stream, echo, now);
        if written.is_ok() && !echo.is_empty() {
            now = witness.sent(echo.len());
        }
        answer.clear();
        // A command received is a command done, even if nobody takes the
        // answer before it: a client may send `stop` and leave.
        if let Some(command) = command {
            witness.command(command);
            say_goodbye(stream);
            return Ok(reason(command));
        }
        match written {
            Ok(()) => {}
            Err(error) if timeout::is_timeout(&error) => {
                return Ok(CloseReason::WriteTimeout);
            }
            // The client has left. What it sent before is in the receive
            // buffer all the same, and there may be a command in it.
            Err(error) if timeout::is_reset(&error) => {
                broken.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        if count == 0 {
            return broken.map_or(Ok(CloseReason::EndOfStream), Err);
        }
    }
}

pub(super) fn reason(command: Command) -> CloseReason {
    match command {
        Command::Quit => CloseReason::Quit,
        Command::Stop => CloseReason::Stop,
    }
}

/// Sends a last line to a client that cannot be served.
///
/// The connection is for [`Lingering`](super::lingering::Lingering) then.
pub(super) fn refuse(
    stream: &TcpStream,
    peer: SocketAddr,
    limit: usize,
    recorder: &Recorder,
) {
    recorder.record(Some(peer), EventKind::Refused { limit });
    turn_away(stream, refusal(limit).as_bytes());
}

/// Sends a last line without waiting for anything. Does not allocate.
pub(super) fn turn_away(mut stream: &TcpStream, line: &[u8]) {
    // Nothing here may block the accept loop, nor end it. The send buffer of a
    // new connection is empty and has room for a line.
    let _ = stream.set_nonblocking(true);
    let _ = stream.write_all(line);
    let _ = stream.shutdown(Shutdown::Write);
}

/// The line for a client that is one too many.
pub(super) fn refusal(limit: usize) -> String {
    format!("сервер занят: уже обслуживается клиентов: {limit}\n")
}

/// Closes the sending side and waits a moment for the client to do the same.
///
/// The reason is in `lingering.rs`: without it the client may get an RST. This
/// one may block, because it is the client's own thread or process that waits.
fn say_goodbye(stream: &TcpStream) {
    // ENOTCONN: it has gone already, and there is nobody to wait for.
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let deadline = Instant::now() + FAREWELL;
    let mut buffer = [0; BUFFER];
    loop {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        // The client has closed, or is silent, or is gone: all the same now.
        if matches!(timeout::read(stream, &mut buffer, now), Ok(0) | Err(_)) {
            return;
        }
    }
}
