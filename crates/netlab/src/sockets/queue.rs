//! Makes the accept queue of a listening socket visible.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use socket2::SockRef;

use super::{diag, tcp_entries};
use crate::display;

/// The queue of connections that are complete and not accepted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptQueue {
    /// Connections in the queue.
    pub len: u32,
    /// The `backlog` of `listen(2)`, at most `net.core.somaxconn`; `None` if
    /// the system does not tell. Linux lets one connection more into the queue
    /// than this number.
    pub limit: Option<u32>,
}

/// Reads the accept queue of a listening socket.
///
/// The handshake is the kernel's business: a client is connected, and may send,
/// before anybody calls `accept(2)`. Until then its connection waits in this
/// queue, whose length the program chose with [`listen(2)`].
///
/// Asks [`sock_diag(7)`], as `ss -ltn` does, and where that is not allowed
/// reads the length alone from `/proc/self/net/tcp`.
///
/// [`listen(2)`]: https://man7.org/linux/man-pages/man2/listen.2.html
/// [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html
///
/// # Errors
///
/// - `InvalidInput`: the socket does not listen, or is no TCP socket.
/// - `/proc` cannot be read.
///
/// # Examples
///
/// ```
/// use netlab::sockets::accept_queue;
/// use std::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let client = TcpStream::connect(listener.local_addr()?)?;
/// assert_eq!(accept_queue(&listener)?.len, 1);
/// let accepted = listener.accept()?;
/// assert_eq!(accept_queue(&listener)?.len, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn accept_queue(listener: &impl AsFd) -> io::Result<AcceptQueue> {
    let socket = SockRef::from(listener);
    let not_listening = || {
        let text = "этот сокет не слушает, очереди accept у него нет: её создаёт listen";
        io::Error::new(io::ErrorKind::InvalidInput, text)
    };
    if !socket.is_listener()? {
        return Err(not_listening());
    }
    let addr = socket.local_addr()?.as_socket().ok_or_else(not_listening)?;
    let inode = nix::sys::stat::fstat(listener)?.st_ino;
    if let Ok(Some(queue)) = diag::listening(addr, inode) {
        return Ok(queue);
    }
    length_alone(inode, addr)
}

/// The answer of `/proc/self/net/tcp`, which does not know the limit.
fn length_alone(inode: u64, addr: SocketAddr) -> io::Result<AcceptQueue> {
    let entries = tcp_entries()?;
    let entry = entries
        .iter()
        .find(|entry| entry.inode == inode)
        .ok_or_else(|| {
            let text =
                format!("в /proc/self/net/tcp нет слушающего сокета {addr}");
            io::Error::new(io::ErrorKind::NotFound, text)
        })?;
    Ok(AcceptQueue {
        len: entry.rx_queue,
        limit: None,
    })
}

impl AcceptQueue {
    /// Shows the queue under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// netlab::sockets::accept_queue(&listener)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::paragraph(&text)), &text);
    }
}

impl fmt::Display for AcceptQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Some(limit) => write!(f, "очередь accept: {} из {limit}", self.len),
            None => write!(f, "очередь accept: {}", self.len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn length_is_known_without_sock_diag_too() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let _client = TcpStream::connect(addr)?;
        let inode = nix::sys::stat::fstat(&listener)?.st_ino;
        assert_eq!(
            length_alone(inode, addr)?,
            AcceptQueue {
                len: 1,
                limit: None
            }
        );
        Ok(())
    }

    #[test]
    fn queue_reads_as_one_line() {
        assert_eq!(
            AcceptQueue {
                len: 2,
                limit: Some(2)
            }
            .to_string(),
            "очередь accept: 2 из 2"
        );
        assert_eq!(
            AcceptQueue {
                len: 2,
                limit: None
            }
            .to_string(),
            "очередь accept: 2"
        );
    }
}
