//! Connecting, and asking one question.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

use super::deadline::Deadline;
use super::{Client, Outcome, Timeouts};
use crate::timeout;

/// Connects, sends `request`, and reads once; [`Timeouts::total`] is the time
/// for all three together.
///
/// # Errors
///
/// - `InvalidInput`: a timeout is zero, or the address cannot be resolved.
/// - Whatever is not an [`Outcome`], such as `NetworkUnreachable`.
///
/// # Examples
///
/// ```
/// use netlab::client::{self, Outcome, Timeouts};
/// use netlab::server;
///
/// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
/// let outcome = client::ask(server.addr(), b"ping", Timeouts::default())?;
/// assert_eq!(outcome, Outcome::Answered(b"ping".to_vec()));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ask(
    addr: impl ToSocketAddrs,
    request: &[u8],
    timeouts: Timeouts,
) -> io::Result<Outcome> {
    match try_connect(addr, timeouts)? {
        Ok(mut client) => client.go_on_asking(request),
        Err((outcome, _)) => Ok(outcome),
    }
}

/// Connects; the inner error is an outcome, and the address it belongs to.
pub(super) fn try_connect(
    addr: impl ToSocketAddrs,
    timeouts: Timeouts,
) -> io::Result<Result<Client, (Outcome, SocketAddr)>> {
    timeouts.check()?;
    let deadline = Deadline::after(timeouts.total);
    let mut failed = None;
    for addr in addr.to_socket_addrs()? {
        let wait =
            match deadline.grant(timeouts.connect, Outcome::ConnectTimeout) {
                Ok(wait) => wait,
                Err(over) => return Ok(Err((over, addr))),
            };
        match TcpStream::connect_timeout(&addr, wait.limit) {
            Ok(stream) => {
                return Client::over(stream, timeouts, deadline).map(Ok);
            }
            Err(error) => failed = Some((error, addr, wait.runs_out)),
        }
    }
    let Some((error, addr, runs_out)) = failed else {
        let text = "у этого имени нет ни одного адреса";
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    };
    match error.kind() {
        ErrorKind::ConnectionRefused => Ok(Err((Outcome::Refused, addr))),
        // The server's host did not answer, or its accept queue was full.
        _ if timeout::is_timeout(&error) => Ok(Err((runs_out, addr))),
        _ if timeout::is_reset(&error) => Ok(Err((Outcome::Reset, addr))),
        kind => Err(io::Error::new(
            kind,
            format!("подключиться к {addr} не удалось: {error}"),
        )),
    }
}
