//! Shows the sockets of this process, as the operating system sees them.
//!
//! Everything here is read from [`/proc`]: which descriptors are sockets, and
//! what the kernel's table of TCP connections says about each of them. It is
//! what `ss -tnp` prints, without leaving the notebook.
//!
//! [`/proc`]: https://man7.org/linux/man-pages/man5/proc.5.html

mod diag;
mod owner;
mod queue;

use std::fmt;
use std::io;
use std::iter;
use std::net::SocketAddr;

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process};

use crate::display::{self, Table};

pub use owner::{Owner, owner_of};
pub use queue::{AcceptQueue, accept_queue};

/// How many rows a table shows.
const ROWS: usize = 20;

/// One TCP socket of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// The descriptor.
    pub fd: i32,
    /// Our end.
    pub local: SocketAddr,
    /// The other end; `None` for a listening socket.
    pub remote: Option<SocketAddr>,
    /// The state as `ss` and RFC 9293 name it, e.g. `LISTEN` or `CLOSE_WAIT`.
    pub state: &'static str,
    /// Bytes that have arrived and were not read yet; for a listening socket
    /// the number of connections that were not accepted yet.
    pub recv_q: u32,
    /// Bytes that were written and are not acknowledged by the peer yet.
    pub send_q: u32,
}

/// The TCP sockets of this process at one moment.
///
/// # Examples
///
/// ```
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// println!("{}", netlab::sockets::own()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SocketTable {
    /// The sockets, in the order of their descriptors.
    pub sockets: Vec<Socket>,
}

/// Reads the table of the TCP sockets of this process.
///
/// Joins `/proc/self/fd`, where a socket is a link to `socket:[inode]`, with
/// `/proc/self/net/tcp` and `tcp6`, which name the same inodes. A socket that
/// is not connected and does not listen is in neither table and not shown.
///
/// # Errors
///
/// Fails if `/proc` cannot be read.
///
/// # Examples
///
/// ```
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let addr = listener.local_addr()?;
/// let table = netlab::sockets::own()?;
/// let row = table.sockets.iter().find(|socket| socket.local == addr).unwrap();
/// assert_eq!(row.state, "LISTEN");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn own() -> io::Result<SocketTable> {
    // The connections first: a descriptor that is closed in between is then
    // missing in the second list and simply not shown.
    let entries = tcp_entries()?;
    let mut sockets = Vec::new();
    for fd in Process::myself()
        .and_then(|process| process.fd())
        .map_err(io::Error::other)?
    {
        // Descriptors come and go while other threads work.
        let Ok(fd) = fd else { continue };
        let FDTarget::Socket(inode) = fd.target else {
            continue;
        };
        let Some(entry) = entries.iter().find(|entry| entry.inode == inode)
        else {
            continue;
        };
        let listening = entry.state == TcpState::Listen;
        sockets.push(Socket {
            fd: fd.fd,
            local: entry.local_address,
            remote: (!listening).then_some(entry.remote_address),
            state: state_name(&entry.state),
            recv_q: entry.rx_queue,
            send_q: entry.tx_queue,
        });
    }
    sockets.sort_by_key(|socket| socket.fd);
    Ok(SocketTable { sockets })
}

/// The kernel's TCP tables, IPv4 and IPv6 together.
pub(crate) fn tcp_entries() -> io::Result<Vec<TcpNetEntry>> {
    let mut entries = procfs::net::tcp().map_err(io::Error::other)?;
    // A kernel without IPv6 has no such file.
    entries.extend(procfs::net::tcp6().unwrap_or_default());
    Ok(entries)
}

/// How many bytes lie in the receive buffer of a connection, unread; `local` is
/// the address of who should read them. Zero for a connection that is no more.
///
/// Asks [`sock_diag(7)`]; where that is forbidden, `/proc/net/tcp`.
///
/// [`sock_diag(7)`]: https://man7.org/linux/man-pages/man7/sock_diag.7.html
pub(crate) fn unread(local: SocketAddr, remote: SocketAddr) -> io::Result<u32> {
    if let Ok(unread) = diag::unread(local, remote) {
        return Ok(unread.unwrap_or(0));
    }
    let entries = tcp_entries()?;
    let ours = entries.iter().find(|entry| {
        entry.local_address == local && entry.remote_address == remote
    });
    Ok(ours.map_or(0, |entry| entry.rx_queue))
}

fn state_name(state: &TcpState) -> &'static str {
    match state {
        TcpState::Established => "ESTABLISHED",
        TcpState::SynSent => "SYN_SENT",
        TcpState::SynRecv | TcpState::NewSynRecv => "SYN_RECV",
        TcpState::FinWait1 => "FIN_WAIT1",
        TcpState::FinWait2 => "FIN_WAIT2",
        TcpState::TimeWait => "TIME_WAIT",
        TcpState::Close => "CLOSE",
        TcpState::CloseWait => "CLOSE_WAIT",
        TcpState::LastAck => "LAST_ACK",
        TcpState::Listen => "LISTEN",
        TcpState::Closing => "CLOSING",
    }
}

impl SocketTable {
    /// Shows the table under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::sockets::own()?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html =
            self.table(14).to_html() + &display::paragraph(&self.more(14));
        display::blocks(Some(&html), &self.to_string());
    }

    fn table(&self, most: usize) -> Table {
        let titles = [
            "fd",
            "наш конец",
            "другой конец",
            "состояние",
            "Recv-Q",
            "Send-Q",
        ];
        let mut table = Table::new(&titles);
        for socket in self.sockets.iter().take(most) {
            table.row(vec![
                socket.fd.to_string(),
                socket.local.to_string(),
                socket.remote.map_or_else(
                    || "–".to_owned(),
                    |remote| remote.to_string(),
                ),
                socket.state.to_owned(),
                socket.recv_q.to_string(),
                socket.send_q.to_string(),
            ]);
        }
        table
    }

    fn more(&self, most: usize) -> String {
        match self.sockets.len().saturating_sub(most) {
            0 => String::new(),
            more => format!("… ещё {more}"),
        }
    }
}

impl fmt::Display for SocketTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sockets.is_empty() {
            return f.write_str("у этого процесса нет TCP-сокетов");
        }
        let more = iter::once(self.more(ROWS));
        display::write_lines(
            f,
            self.table(ROWS).to_lines().into_iter().chain(more),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn bytes_are_unread_until_they_are_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(here).unwrap();
        let there = client.local_addr().unwrap();
        let (mut server, _) = listener.accept().unwrap();
        assert_eq!(diag::unread(here, there).unwrap(), Some(0));
        client.write_all(b"ping").unwrap();
        assert_eq!(diag::unread(here, there).unwrap(), Some(4));
        assert_eq!(diag::unread(there, here).unwrap(), Some(0));
        server.read_exact(&mut [0; 4]).unwrap();
        assert_eq!(unread(here, there).unwrap(), 0);
        drop((client, server));
        let nowhere = SocketAddr::new(here.ip(), 1);
        assert_eq!(diag::unread(here, nowhere).unwrap(), None);
    }

    #[test]
    fn long_table_shows_twenty_rows_and_counts_the_rest() {
        let local = SocketAddr::from(([127, 0, 0, 1], 1));
        let socket = |fd| Socket {
            fd,
            local,
            remote: None,
            state: "LISTEN",
            recv_q: 0,
            send_q: 0,
        };
        let table = SocketTable {
            sockets: (0..25).map(socket).collect(),
        };
        let text = table.to_string();
        assert_eq!(text.lines().count(), 1 + ROWS + 1);
        assert!(text.ends_with("… ещё 5"), "{text}");
    }
}
