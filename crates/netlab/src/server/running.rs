//! Starting a server, and joining its threads when it ends.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use parking_lot::Mutex;

use super::ServerHandle;
use super::bind;
use super::control::{Control, Ending};
use super::registry;

/// The server behind a handle. The registry can reach it for a take-over; the
/// threads of the server know only the [`Control`], or they would keep
/// themselves alive.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) control: Arc<Control>,
    /// The thread of [`start_thread`], until it has been joined.
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Starts `accept_loop` in a thread of its own, behind a handle.
pub(super) fn start(
    control: Arc<Control>,
    accept_loop: impl FnOnce(&Arc<Control>) + Send + 'static,
) -> io::Result<ServerHandle> {
    start_thread("netlab-accept", control, accept_loop)
}

/// Starts the thread `name`, which ends when the server has ended.
pub(super) fn start_thread(
    name: &str,
    control: Arc<Control>,
    body: impl FnOnce(&Arc<Control>) + Send + 'static,
) -> io::Result<ServerHandle> {
    let ending = Ending {
        control: Arc::clone(&control),
    };
    let thread = control.spawn(name, move || {
        // `body` owns the listener and drops it: whoever hears that the server
        // has ended finds the port free.
        body(&ending.control);
    })?;
    let running = Arc::new(Running {
        control,
        thread: Mutex::new(Some(thread)),
    });
    registry::add(&running);
    Ok(ServerHandle::new(running))
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
        if self.control.is_copy() {
            return Ok(());
        }
        // Whoever is being served when the server is stopped is in the log.
        self.control.catch_up();
        self.control.request_stop();
        self.join(None).map(drop)
    }

    pub(super) fn join(&self, deadline: Option<Instant>) -> io::Result<bool> {
        if self.control.is_copy() {
            let text = "сервер остался в родительском процессе: ждать его там";
            return Err(io::Error::other(text));
        }
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
