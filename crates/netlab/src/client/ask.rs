//! Connecting, and asking one question.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

use super::{Client, Outcome, Timeouts};
use crate::timeout;

/// Connects, sends `request`, and reads once.
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
        Ok(mut client) => client.ask(request),
        Err((outcome, _)) => Ok(outcome),
    }
}

/// Connects; the inner error is an outcome, and the address it belongs to.
pub(super) fn try_connect(
    addr: impl ToSocketAddrs,
    timeouts: Timeouts,
) -> io::Result<Result<Client, (Outcome, SocketAddr)>> {
    timeouts.check()?;
    let mut failed = None;
    for addr in addr.to_socket_addrs()? {
        match TcpStream::connect_timeout(&addr, timeouts.connect) {
            Ok(stream) => return Client::over(stream, timeouts).map(Ok),
            Err(error) => failed = Some((error, addr)),
        }
    }
    let Some((error, addr)) = failed else {
        let text = "у этого имени нет ни одного адреса";
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    };
    match error.kind() {
        ErrorKind::ConnectionRefused => Ok(Err((Outcome::Refused, addr))),
        // The server's host did not answer, or its accept queue was full.
        _ if timeout::is_timeout(&error) => {
            Ok(Err((Outcome::ConnectTimeout, addr)))
        }
        _ if timeout::is_reset(&error) => Ok(Err((Outcome::Reset, addr))),
        kind => Err(io::Error::new(
            kind,
            format!("подключиться к {addr} не удалось: {error}"),
        )),
    }
}
