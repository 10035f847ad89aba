//! The handle that keeps a server alive and shows what it does.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::bind;
use super::clients::ClientInfo;
use super::control::{Control, Ending};
use super::registry;
use crate::display::{self, Table};
use crate::trace::{self, Log, Recorder};

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

/// The server behind a handle. The registry can reach it for a take-over; the
/// threads of the server know only the [`Control`], or they would keep
/// themselves alive.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) control: Arc<Control>,
    /// The accept thread, until it has been joined.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Starts `accept_loop` in a thread of its own, behind a handle.
pub(super) fn start(
    control: Arc<Control>,
    accept_loop: impl FnOnce(&Arc<Control>) + Send + 'static,
) -> io::Result<ServerHandle> {
    let ending = Ending {
        control: Arc::clone(&control),
    };
    let thread = control.spawn("netlab-accept", move || {
        // `accept_loop` owns the listener and drops it: whoever hears that the
        // server has ended finds the port free.
        accept_loop(&ending.control);
    })?;
    let running = Arc::new(Running {
        control,
        thread: Mutex::new(Some(thread)),
    });
    registry::add(&running);
    Ok(ServerHandle { running })
}

/// Reads the address of a listener, `getsockname(2)`, and refuses one that
/// other machines can reach.
pub(super) fn address(listener: &TcpListener) -> io::Result<SocketAddr> {
    let addr = listener.local_addr()?;
    bind::refuse_beyond_loopback(addr)?;
    Ok(addr)
}

impl Running {
    pub(super) fn stop(&self) -> io::Result<()> {
        self.control.request_stop();
        self.join(None).map(drop)
    }

    fn join(&self, deadline: Option<Instant>) -> io::Result<bool> {
        if !self.control.wait_for_end(deadline) {
            return Ok(false);
        }
        // Two callers may be here at once. The lock makes the second one wait
        // until the first has joined the thread.
        let mut thread = self.thread.lock();
        match thread.take().map(JoinHandle::join) {
            None | Some(Ok(())) => Ok(true),
            Some(Err(_)) => {
                Err(io::Error::other("поток сервера завершился паникой"))
            }
        }
    }
}

impl ServerHandle {
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

    /// Shows the server under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
    /// server.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let mut html = display::paragraph(&self.headline());
        let (clients, more) = self.client_table(3);
        html += &clients.map_or_else(String::new, |table| table.to_html());
        html += &display::paragraph(&more);
        let log = self.log();
        let (earlier, last) = log.tail(7);
        let mut events = Table::new(&trace::COLUMNS);
        last.iter().for_each(|event| events.row(event.row()));
        html += &display::paragraph(&trace::before(earlier));
        html += &events.to_html();
        display::blocks(Some(&html), &self.to_string());
    }

    fn headline(&self) -> String {
        let state = if self.is_running() {
            "работает"
        } else {
            "остановлен"
        };
        let (addr, model, threads) =
            (self.addr(), self.model(), self.threads());
        let clients = self.running.control.clients.count();
        format!(
            "сервер {addr} ({model}) {state}; потоков: {threads}, клиентов: {clients}"
        )
    }

    /// At most `most` clients as a table, and a line for the others.
    fn client_table(&self, most: usize) -> (Option<Table>, String) {
        let clients = self.clients();
        if clients.is_empty() {
            return (None, String::new());
        }
        let mut table = Table::new(&[
            "клиент",
            "подключён, с",
            "принято, Б",
            "отправлено, Б",
        ]);
        for client in clients.iter().take(most) {
            let since = format!("{:.1}", client.since.as_secs_f64());
            let (received, sent) =
                (client.received.to_string(), client.sent.to_string());
            table.row(vec![client.peer.to_string(), since, received, sent]);
        }
        let more = match clients.len().saturating_sub(most) {
            0 => String::new(),
            more => format!("… ещё {more}"),
        };
        (Some(table), more)
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        // An error would be a panic of the accept thread; it has been reported
        // on stderr, and a second panic in `drop` would abort the notebook.
        let _ = self.running.stop();
    }
}

impl fmt::Display for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline())?;
        let (clients, more) = self.client_table(10);
        if let Some(clients) = clients {
            f.write_str(&clients.to_text())?;
        }
        if !more.is_empty() {
            writeln!(f, "{more}")?;
        }
        let log = self.log();
        let (earlier, last) = log.tail(10);
        if earlier > 0 {
            writeln!(f, "{}", trace::before(earlier))?;
        }
        last.iter().try_for_each(|event| writeln!(f, "{event}"))
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
