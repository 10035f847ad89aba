//! How much a server grants its clients.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use crate::timeout;

/// The limits of a server.
///
/// A server without limits is at the mercy of its clients: one that never
/// writes keeps a thread for ever, one that never reads does too, and a
/// thousand of them are a thousand threads.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits};
/// use std::time::Duration;
///
/// let limits = Limits { read_timeout: Some(Duration::from_secs(3)), ..Limits::default() };
/// let server = server::iterative::serve_with(server::bind("127.0.0.1:0")?, limits)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many clients are served at a time; one more is refused with a line
    /// of text. The iterative server serves one whatever this says.
    pub max_clients: usize,
    /// How long a client may be silent; `None` means for ever. It begins anew
    /// with every packet.
    pub read_timeout: Option<Duration>,
    /// How long a client may take to make room for one answer, all of it;
    /// `None` means for ever. It does not begin anew when a part is taken, in
    /// none of the models.
    pub write_timeout: Option<Duration>,
}

impl Default for Limits {
    /// 64 clients, 30 seconds of silence, 10 seconds for an answer.
    fn default() -> Self {
        Self {
            max_clients: 64,
            read_timeout: Some(Duration::from_secs(30)),
            write_timeout: Some(Duration::from_secs(10)),
        }
    }
}

impl Limits {
    /// Returns the limits if a server can work with them.
    pub(super) fn checked(self) -> io::Result<Self> {
        timeout::refuse_zero("чтения (read_timeout)", self.read_timeout)?;
        timeout::refuse_zero("записи (write_timeout)", self.write_timeout)?;
        if self.max_clients == 0 {
            let text = "max_clients равно нулю: такой сервер отказал бы каждому клиенту; \
                        наименьшее значение – 1";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(self)
    }

    /// Sets both timeouts on a connection: `setsockopt(2)` with `SO_RCVTIMEO`
    /// and `SO_SNDTIMEO`.
    pub(super) fn apply(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(self.read_timeout)?;
        stream.set_write_timeout(self.write_timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_refused_with_the_name_of_the_limit() {
        let zero = Some(Duration::ZERO);
        let wrong = [
            (
                Limits {
                    read_timeout: zero,
                    ..Limits::default()
                },
                "read_timeout",
            ),
            (
                Limits {
                    write_timeout: zero,
                    ..Limits::default()
                },
                "write_timeout",
            ),
            (
                Limits {
                    max_clients: 0,
                    ..Limits::default()
                },
                "max_clients",
            ),
        ];
        for (limits, name) in wrong {
            let error = limits.checked().expect_err(name);
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
