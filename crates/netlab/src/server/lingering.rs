//! Refused clients that have not closed yet: the lingering close of a server.
//!
//! Closing a socket with unread bytes in it sends RST instead of FIN, and so
//! does closing it before the last bytes of the client arrive. An RST can
//! destroy our last words before the client has read them. So the connection
//! stays open for a while after them, and what arrives is thrown away.
//!
//! An accept loop may not wait for that, so it waits for the next client and
//! for these connections at once. Nothing here allocates but
//! [`Lingering::new`]: the forking server uses it after `fork`.

use std::array;
use std::io::{self, Read};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::connection::BUFFER;

/// How long a connection stays open after the last words.
pub(super) const TIME: Duration = Duration::from_secs(1);

/// How many connections are held so at a time. One more takes the place of the
/// oldest: a crowd that is turned away must not use up the descriptors.
pub(super) const MOST: usize = 64;

/// The most descriptors that [`Lingering::wait_for`] waits for on the side.
const AWAITED: usize = 2;

/// Reads in a row from one connection.
const READS: usize = 16;

/// The connections, the oldest first.
#[derive(Debug)]
pub(super) struct Lingering {
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    deadline: Instant,
}

impl Lingering {
    pub(super) fn new() -> Self {
        Self {
            connections: Vec::with_capacity(MOST),
        }
    }

    /// Takes over a connection whose sending side is closed and that does not
    /// block.
    pub(super) fn add(&mut self, stream: TcpStream) {
        if self.connections.len() == MOST {
            self.connections.remove(0);
        }
        let deadline = Instant::now() + TIME;
        self.connections.push(Connection { stream, deadline });
    }

    /// Closes all of them.
    pub(super) fn close(&mut self) {
        self.connections.clear();
    }

    /// Waits for a client as long as there are connections to look after.
    pub(super) fn wait_for_client(&mut self, listener: impl AsFd) {
        // Without any, `accept` itself is the wait, and costs no other call.
        if !self.connections.is_empty() {
            // An error must not end the accept loop; `accept` reports its own.
            let _ = self.wait_for([listener.as_fd()]);
        }
    }

    /// Waits until one of the descriptors is ready to be read, with [`poll(2)`],
    /// and looks after the connections meanwhile.
    ///
    /// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
    pub(super) fn wait_for<const N: usize>(
        &mut self,
        awaited: [BorrowedFd<'_>; N],
    ) -> Result<(), Errno> {
        const { assert!(0 < N && N <= AWAITED) };
        loop {
            let ready = self.poll(awaited)?;
            let (awaited, lingering) = ready.split_at(N);
            self.look_after(lingering);
            if awaited.contains(&true) {
                return Ok(());
            }
        }
    }

    /// Which descriptors are ready: those awaited first, then our own.
    fn poll<const N: usize>(
        &self,
        awaited: [BorrowedFd<'_>; N],
    ) -> Result<[bool; AWAITED + MOST], Errno> {
        let own = self.connections.iter().map(|own| own.stream.as_fd());
        let count = N + own.len();
        let mut all = awaited.into_iter().chain(own);
        let mut fds: [PollFd<'_>; AWAITED + MOST] = array::from_fn(|_| {
            // The places that stay empty are not shown to `poll`.
            let fd = all.next().unwrap_or(awaited[0]);
            PollFd::new(fd, PollFlags::POLLIN)
        });
        match poll(&mut fds[..count], self.time_left()) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
        Ok(fds.map(|fd| fd.any().unwrap_or(true)))
    }

    /// The time until the first connection is to be closed.
    fn time_left(&self) -> PollTimeout {
        let Some(oldest) = self.connections.first() else {
            return PollTimeout::NONE;
        };
        let left = oldest.deadline.saturating_duration_since(Instant::now());
        // Rounded up: less than a millisecond must not become a busy loop.
        let left = left + Duration::from_millis(1);
        PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
    }

    /// Closes the connections that the client has closed, and those whose time
    /// is over.
    fn look_after(&mut self, ready: &[bool]) {
        let now = Instant::now();
        let mut ready = ready.iter();
        self.connections.retain(|connection| {
            let silent = ready.next() != Some(&true);
            (silent || connection.drain()) && now < connection.deadline
        });
    }
}

impl Connection {
    /// Throws away what has arrived; returns whether more may come.
    fn drain(&self) -> bool {
        let mut buffer = [0; BUFFER];
        // A client that sends faster than we read must not keep us here.
        for _ in 0..READS {
            match (&self.stream).read(&mut buffer) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => {
                    return error.kind() == io::ErrorKind::WouldBlock;
                }
            }
        }
        true
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.drain();
    }
}
