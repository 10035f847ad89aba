//! The handle that keeps a server alive.
//!
//! How it shows itself is in `status.rs`.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::clients::ClientInfo;
use super::running::Running;
use crate::trace::{Log, Recorder};

/// A running server. Dropping it stops the server.
///
/// The handle survives the cell that made it, its threads do not survive the
/// handle: `Drop` does the same as [`stop`](Self::stop), so running a cell
/// again leaves nothing behind.
///
/// In a notebook a cell that ends in the handle shows the address, the model,
/// the clients and the last events.
///
/// # Examples
///
/// ```
/// use netlab::server;
///
/// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
/// assert!(server.is_running());
/// assert_ne!(server.addr().port(), 0); // The system has chosen one.
/// server.stop()?;
/// assert!(!server.is_running());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ServerHandle {
    running: Arc<Running>,
}

impl ServerHandle {
    pub(super) fn new(running: Arc<Running>) -> Self {
        Self { running }
    }

    /// Returns the real address of the server, with the port the system chose.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// std::net::TcpStream::connect(server.addr())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn addr(&self) -> SocketAddr {
        self.running.control.addr
    }

    /// Returns `iterative`, `threaded` or `tokio`.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// assert_eq!(server.model(), "threaded");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn model(&self) -> &'static str {
        self.running.control.model
    }

    /// Returns the events so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// assert_eq!(server.log().events().len(), 1); // Listening.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn log(&self) -> Log {
        self.recorder().log()
    }

    /// Returns the recorder itself, for waiting until something has happened.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    /// use netlab::trace::EventKind;
    /// use std::time::Duration;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// let client = std::net::TcpStream::connect(server.addr())?;
    /// let connected = |events: &[netlab::trace::Event]| {
    ///     events.iter().any(|event| event.kind == EventKind::Connected)
    /// };
    /// assert!(server.recorder().wait_for(Duration::from_secs(5), connected));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recorder(&self) -> &Recorder {
        &self.running.control.recorder
    }

    /// Returns the clients that are being served now.
    ///
    /// A client that waits in the accept queue is not among them: the server
    /// does not know of it yet. See [`crate::sockets::accept_queue`].
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// assert!(server.clients().is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clients(&self) -> Vec<ClientInfo> {
        self.running.control.clients.info()
    }

    /// Returns how many threads of the operating system the server runs now.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
    /// assert_eq!(server.threads(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn threads(&self) -> usize {
        self.running.control.threads()
    }

    /// Tells whether the server still accepts clients.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
    /// assert!(server.is_running());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_running(&self) -> bool {
        !self.running.control.is_stopping()
    }

    /// Stops the server and waits for all its threads.
    ///
    /// Calls `shutdown(2)` on the listening socket, which wakes a blocked
    /// `accept`, and on every connection, which wakes blocked reads and writes;
    /// then joins the threads. The port is free when this returns. Stopping a
    /// stopped server is harmless.
    ///
    /// # Errors
    ///
    /// Fails if a thread of the server has panicked, which is a bug here.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// let client = std::net::TcpStream::connect(server.addr())?;
    /// server.stop()?; // Does not wait for the client.
    /// server.stop()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stop(&self) -> io::Result<()> {
        self.running.stop()
    }

    /// Waits until the server has stopped by itself: a client sent `stop`.
    ///
    /// Without such a client this waits for ever;
    /// [`join_timeout`](Self::join_timeout) does not.
    ///
    /// # Errors
    ///
    /// Fails if a thread of the server has panicked, which is a bug here.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    /// use std::io::Write;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// std::net::TcpStream::connect(server.addr())?.write_all(b"stop\n")?;
    /// server.join()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn join(&self) -> io::Result<()> {
        self.running.join(None).map(drop)
    }

    /// Waits until the server has stopped by itself, at most `limit`.
    ///
    /// Returns whether it has.
    ///
    /// # Errors
    ///
    /// Fails if a thread of the server has panicked, which is a bug here.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    /// use std::time::Duration;
    ///
    /// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
    /// assert!(!server.join_timeout(Duration::from_millis(1))?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn join_timeout(&self, limit: Duration) -> io::Result<bool> {
        self.running.join(Instant::now().checked_add(limit))
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        // An error would be a panic of the accept thread; it has been reported
        // on stderr, and a second panic in `drop` would abort the notebook.
        let _ = self.running.stop();
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("addr", &self.addr())
            .field("model", &self.model())
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}
