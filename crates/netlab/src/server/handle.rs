//! The handle that keeps a server alive.
//!
//! How it shows itself is in `status.rs`.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::unistd::Pid;

use super::clients::ClientInfo;
use super::control::Control;
use super::running::Running;
use crate::process::{self, ProcessTree};
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

    fn control(&self) -> &Control {
        self.running.control.catch_up();
        &self.running.control
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

    /// Returns `iterative`, `forking`, `threaded` or `tokio`.
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
        &self.control().recorder
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
        self.control().clients.info()
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

    /// Returns the processes of the server.
    ///
    /// Those of a forking server are the process that accepts and its children.
    /// The other models have none of their own: they live in this process, and
    /// the tree is that of [`process::tree`](crate::process::tree()).
    ///
    /// # Errors
    ///
    /// Fails if `/proc` cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::forking::serve(server::bind("127.0.0.1:0")?)?;
    /// println!("{}", server.processes()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn processes(&self) -> io::Result<ProcessTree> {
        match self.control().processes.get() {
            None => process::tree(),
            Some(processes) => ProcessTree::of_group(processes.group()),
        }
    }

    /// Returns how many zombies are among the [`processes`](Self::processes);
    /// 0 if `/proc` does not tell.
    ///
    /// A child that has ended is a zombie until its parent has reaped it. For a
    /// moment that is so in a server without faults as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::forking::serve(server::bind("127.0.0.1:0")?)?;
    /// assert_eq!(server.zombies(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn zombies(&self) -> usize {
        self.processes().map_or(0, |tree| tree.zombies())
    }

    /// Returns the process that accepts, of a forking server.
    ///
    /// SIGINT and SIGTERM end that process in an orderly way: `kill(2)` with
    /// SIGINT does to it what Ctrl-C does to a server in a terminal.
    ///
    /// # Errors
    ///
    /// - `Unsupported`: the server lives in this process, as a thread. Its
    ///   process id is that of the notebook, and a signal would end that.
    /// - `NotFound`: the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::nix::sys::signal::{Signal, kill};
    /// use netlab::server;
    ///
    /// let server = server::forking::serve(server::bind("127.0.0.1:0")?)?;
    /// kill(server.pid()?, Signal::SIGINT)?;
    /// server.join()?;
    /// assert!(server.pid().is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pid(&self) -> io::Result<Pid> {
        let Some(processes) = self.control().processes.get() else {
            let text = format!(
                "у сервера {} нет своего процесса: он живёт потоком в этом же",
                self.model()
            );
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        };
        processes.server().ok_or_else(|| {
            let text = "процесс сервера уже завершился";
            io::Error::new(io::ErrorKind::NotFound, text)
        })
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
        !self.control().is_stopping()
    }

    /// Stops the server and waits for all its threads and processes.
    ///
    /// The forking server: see [`forking`](super::forking). The others: calls `shutdown(2)` on the listening socket, which wakes a blocked
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
