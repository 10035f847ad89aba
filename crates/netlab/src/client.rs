//! A client that never waits for ever.
//!
//! Connecting, reading and writing are three different waits, so there are
//! three [`Timeouts`], and one more for all of them together. And what can
//! happen to a client is not one error but a handful of outcomes that call for
//! different reactions, so [`Client::ask`] returns an [`Outcome`].

mod ask;
mod deadline;
mod exchange;
mod outcome;
mod timeouts;

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

pub use ask::ask;
use ask::try_connect;
use deadline::Deadline;
pub use outcome::Outcome;
pub use timeouts::Timeouts;

/// A connection to a server.
///
/// # Examples
///
/// ```
/// use netlab::client::{Client, Outcome, Timeouts};
/// use netlab::server;
///
/// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
/// let mut client = Client::connect(server.addr(), Timeouts::default())?;
/// assert_eq!(client.ask(b"ping\n")?, Outcome::Answered(b"ping\n".to_vec()));
/// assert_eq!(client.ask(b"quit\n")?, Outcome::ClosedByPeer);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    local: SocketAddr,
    peer: SocketAddr,
    timeouts: Timeouts,
    /// The end of the total time of the present exchange.
    deadline: Deadline,
    /// A write has found the connection broken off. What the peer sent before
    /// may still be there to be read.
    broken: bool,
    /// How the connection ended, once it has.
    ended: Option<Outcome>,
}

impl Client {
    /// Connects to the first address that answers.
    ///
    /// Not one call but several: [`socket(2)`], a non-blocking [`connect(2)`],
    /// [`poll(2)`] with the timeout, and [`setsockopt(2)`] with `SO_RCVTIMEO`
    /// and `SO_SNDTIMEO`. Each address of a name gets the whole timeout; all of
    /// them share [`Timeouts::total`].
    ///
    /// [`socket(2)`]: https://man7.org/linux/man-pages/man2/socket.2.html
    /// [`connect(2)`]: https://man7.org/linux/man-pages/man2/connect.2.html
    /// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
    /// [`setsockopt(2)`]: https://man7.org/linux/man-pages/man2/setsockopt.2.html
    ///
    /// # Errors
    ///
    /// - `ConnectionRefused`: nobody listens there.
    /// - `TimedOut`: no answer within [`Timeouts::connect`], or
    ///   [`Timeouts::total`] is over.
    /// - `InvalidInput`: a timeout is zero, or the address cannot be resolved.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Timeouts};
    ///
    /// let listener = netlab::server::bind("127.0.0.1:0")?;
    /// let client = Client::connect(listener.local_addr()?, Timeouts::default())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect(
        addr: impl ToSocketAddrs,
        timeouts: Timeouts,
    ) -> io::Result<Self> {
        try_connect(addr, timeouts)?.map_err(|(outcome, addr)| {
            io::Error::new(outcome.kind(), format!("{addr}: {outcome}"))
        })
    }

    fn over(
        stream: TcpStream,
        timeouts: Timeouts,
        deadline: Deadline,
    ) -> io::Result<Self> {
        stream.set_read_timeout(Some(timeouts.read))?;
        stream.set_write_timeout(Some(timeouts.write))?;
        let (local, peer) = (stream.local_addr()?, stream.peer_addr()?);
        Ok(Self {
            stream,
            local,
            peer,
            timeouts,
            deadline,
            broken: false,
            ended: None,
        })
    }

    /// Sends all of `request` and reads once.
    ///
    /// TCP has no messages: one read may return a part of the answer, or two
    /// answers together. [`read_outcome`](Self::read_outcome) reads on.
    ///
    /// It reads even if the peer has broken the connection off meanwhile: what
    /// has arrived before is the answer, such as the word of a full server.
    ///
    /// # Errors
    ///
    /// - `NotConnected`: the connection has ended before.
    /// - Whatever is not an [`Outcome`].
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Outcome, Timeouts};
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// let mut client = Client::connect(server.addr(), Timeouts::default())?;
    /// assert_eq!(client.ask(b"quit\n")?, Outcome::ClosedByPeer);
    /// assert!(client.ask(b"ping").is_err()); // At once, not after a timeout.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ask(&mut self, request: &[u8]) -> io::Result<Outcome> {
        self.begin();
        self.go_on_asking(request)
    }

    /// Sends all of `bytes`, without waiting for an answer.
    ///
    /// Corresponds to [`write(2)`], repeated until everything is written.
    /// Success means that the bytes are in the send buffer, not that anybody
    /// has read them.
    ///
    /// [`write(2)`]: https://man7.org/linux/man-pages/man2/write.2.html
    ///
    /// # Errors
    ///
    /// - `TimedOut`: the peer does not read, or not fast enough, and the buffers
    ///   are full; or [`Timeouts::total`] is over. How much has been sent is not
    ///   known.
    /// - `ConnectionReset`: the peer has broken the connection off. What it had
    ///   sent before can still be read.
    /// - `NotConnected`: the connection has ended before.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Outcome, Timeouts};
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// let mut client = Client::connect(server.addr(), Timeouts::default())?;
    /// client.send(b"ping")?;
    /// assert_eq!(client.read_outcome()?, Outcome::Answered(b"ping".to_vec()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.begin();
        self.try_send(bytes)?.map_err(|outcome| {
            io::Error::new(outcome.kind(), outcome.to_string())
        })
    }

    /// Reads once: whatever has arrived, or what went wrong.
    ///
    /// Corresponds to [`read(2)`], with the read timeout, or what is left of the
    /// total time if that is less.
    ///
    /// [`read(2)`]: https://man7.org/linux/man-pages/man2/read.2.html
    ///
    /// # Errors
    ///
    /// - `NotConnected`: the connection has ended before.
    /// - Whatever is not an [`Outcome`].
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Outcome, Timeouts};
    /// use std::time::Duration;
    ///
    /// let silent = netlab::server::bind("127.0.0.1:0")?; // Never accepts.
    /// let timeouts = Timeouts { read: Duration::from_millis(10), ..Timeouts::default() };
    /// let mut client = Client::connect(silent.local_addr()?, timeouts)?;
    /// assert_eq!(client.read_outcome()?, Outcome::ReadTimeout);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_outcome(&mut self) -> io::Result<Outcome> {
        self.try_read()
    }

    /// Returns the address of our end.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Timeouts};
    ///
    /// let listener = netlab::server::bind("127.0.0.1:0")?;
    /// let client = Client::connect(listener.local_addr()?, Timeouts::default())?;
    /// assert_eq!(client.local_addr(), listener.accept()?.1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Returns the address of the server's end.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Timeouts};
    ///
    /// let listener = netlab::server::bind("127.0.0.1:0")?;
    /// let client = Client::connect(listener.local_addr()?, Timeouts::default())?;
    /// assert_eq!(client.peer_addr(), listener.local_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }

    /// Closes the connection: [`close(2)`].
    ///
    /// The same as dropping the client. The method is there because a variable
    /// of a notebook is not dropped at the end of its cell.
    ///
    /// [`close(2)`]: https://man7.org/linux/man-pages/man2/close.2.html
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::{Client, Timeouts};
    /// use std::io::Read;
    ///
    /// let listener = netlab::server::bind("127.0.0.1:0")?;
    /// let client = Client::connect(listener.local_addr()?, Timeouts::default())?;
    /// let (mut stream, _) = listener.accept()?;
    /// client.close();
    /// assert_eq!(stream.read(&mut [0; 16])?, 0); // End of stream.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close(self) {
        drop(self);
    }
}
