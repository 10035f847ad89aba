//! The async twin of `connection.rs`, for the tokio server.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time;

use super::async_timer::Timer;
use super::commands::CommandScanner;
use super::connection::{self, BUFFER, Flow, Witness};
use super::limits::Limits;
use super::session::Session;
use crate::timeout;
use crate::trace::{CloseReason, EventKind, Recorder};

/// How long a server waits for the client to close after a farewell.
const FAREWELL: Duration = Duration::from_millis(100);

/// Echoes everything a client sends until it is done.
pub(super) async fn handle(
    stream: &mut TcpStream,
    limits: &Limits,
    session: &mut Session,
) -> io::Result<Flow> {
    let result = echo(stream, limits, session).await;
    session.close(result)
}

async fn echo(
    stream: &mut TcpStream,
    limits: &Limits,
    session: &mut Session,
) -> io::Result<CloseReason> {
    let mut scanner = CommandScanner::new();
    // On the heap: what lives across an `await` is part of the task, and a
    // thousand tasks would each carry it.
    let mut buffer = vec![0; BUFFER];
    let mut answer = Vec::new();
    let mut broken = None;
    let mut timer = Timer::new();
    let mut now = Instant::now();
    loop {
        let read = stream.read(&mut buffer);
        let count =
            match timer.within(limits.read_timeout, now.into(), read).await {
                Ok(Some(count)) => count,
                Ok(None) => return Ok(CloseReason::ReadTimeout),
                Err(error) => return Err(broken.unwrap_or(error)),
            };
        let (packet, mut command) = (&buffer[..count], None);
        let echo = match count {
            // Half-close: the client has shut down its writing side and may
            // still be reading. It gets what was held back for it.
            0 => {
                now = Instant::now();
                scanner.finish(&mut answer);
                &answer[..]
            }
            _ => {
                now = session.received(packet);
                if scanner.takes_as_text(packet) {
                    packet
                } else {
                    command = scanner.push(packet, &mut answer);
                    &answer[..]
                }
            }
        };
        // `write_all` cancelled by the timeout has sent nobody knows how much.
        // That is no harm here, because the connection ends with it.
        let write = stream.write_all(echo);
        let written =
            timer.within(limits.write_timeout, now.into(), write).await;
        if matches!(written, Ok(Some(()))) && !echo.is_empty() {
            now = session.sent(echo.len());
        }
        answer.clear();
        // A command received is a command done, even if nobody takes the
        // answer before it: a client may send `stop` and leave.
        if let Some(command) = command {
            session.command(command);
            say_goodbye(stream).await;
            return Ok(connection::reason(command));
        }
        match written {
            Ok(Some(())) => {}
            Ok(None) => return Ok(CloseReason::WriteTimeout),
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

/// Sends a last line to a client that cannot be served.
///
/// The connection is for [`Lingering`](super::async_lingering::Lingering) then.
pub(super) async fn refuse(
    stream: &mut TcpStream,
    peer: SocketAddr,
    limit: usize,
    recorder: &Recorder,
) {
    recorder.record(Some(peer), EventKind::Refused { limit });
    let line = connection::refusal(limit);
    // The client cannot make the accept loop wait here: the send buffer of a
    // new connection is empty and has room for a line.
    let _ = stream.write_all(line.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Closes the sending side and waits a moment for the client to do the same.
async fn say_goodbye(stream: &mut TcpStream) {
    // ENOTCONN is no error for tokio; the read in `drain` ends at once then.
    if stream.shutdown().await.is_ok() {
        let _ = time::timeout(FAREWELL, drain(stream)).await;
    }
}

/// Throws away what arrives until the client has closed.
///
/// The reason is in `lingering.rs`: without it the client may get an RST.
pub(super) async fn drain(stream: &mut TcpStream) {
    let mut buffer = vec![0; BUFFER];
    while matches!(stream.read(&mut buffer).await, Ok(1..)) {}
}
