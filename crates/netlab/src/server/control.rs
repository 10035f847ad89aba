//! What a handle and the threads of its server share.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use socket2::SockRef;
use tokio::sync::watch;

use super::clients::{Clients, Traffic};
use super::forking::Processes;
use super::session::Session;
use crate::trace::{EventKind, Recorder};

/// The state of one server.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) model: &'static str,
    pub(super) addr: SocketAddr,
    pub(super) recorder: Recorder,
    pub(super) clients: Clients,
    /// Threads that run now. Counted by hand, because `/proc` knows only the
    /// threads of the process, not to which server they belong.
    threads: AtomicUsize,
    phase: Mutex<Phase>,
    changed: Condvar,
    /// The stop signal once more, for tasks: they must not block on `phase`.
    stop: watch::Sender<bool>,
    /// The processes of the server, if it has any.
    pub(super) processes: OnceLock<Processes>,
    /// The process in which the server was started.
    home: u32,
}

#[derive(Debug)]
struct Phase {
    stopping: bool,
    ended: bool,
    /// The listener on which a thread is blocked in `accept`.
    listener: Option<Arc<TcpListener>>,
}

impl Control {
    /// Describes a server on `addr`. `listener` is what its accept loop blocks
    /// on, or `None` if it listens to [`stop_signal`](Self::stop_signal).
    pub(super) fn new(
        model: &'static str,
        addr: SocketAddr,
        listener: Option<Arc<TcpListener>>,
    ) -> Arc<Self> {
        let recorder = Recorder::new();
        recorder.record(None, EventKind::Listening { addr });
        Arc::new(Self {
            model,
            addr,
            recorder,
            clients: Clients::default(),
            threads: AtomicUsize::new(0),
            phase: Mutex::new(Phase {
                stopping: false,
                ended: false,
                listener,
            }),
            changed: Condvar::new(),
            stop: watch::Sender::new(false),
            processes: OnceLock::new(),
            home: process::id(),
        })
    }

    /// Tells whether this is the copy that a forked child has of its parent's
    /// server.
    ///
    /// The sockets and pipes in it are shared with the original, the threads
    /// are not there: a child that drops its copy must not stop the server, nor
    /// wait for it.
    pub(super) fn is_copy(&self) -> bool {
        self.home != process::id()
    }

    /// Asks the server to stop; returns without waiting for it.
    ///
    /// Any thread may call this, one of the server's own included. A thread
    /// blocked in `accept` is woken by `shutdown(2)` on the listening socket:
    /// on Linux `accept` then fails with `EINVAL`. Closing the listener from
    /// here would not wake it.
    pub(super) fn request_stop(&self) {
        let mut phase = self.phase.lock();
        if phase.stopping {
            return;
        }
        phase.stopping = true;
        // The lock is held meanwhile, so the accept thread cannot close the
        // socket under this call.
        if let Some(listener) = phase.listener.take() {
            let _ = SockRef::from(&*listener).shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
        drop(phase);
        self.stop.send_replace(true);
        if let Some(processes) = self.processes.get() {
            processes.request_stop();
        }
        self.clients.shut_down();
    }

    /// Takes note of what the processes of the server have told so far.
    ///
    /// The thread that listens to them may be a moment late. Whoever has just
    /// got an answer from a child expects to find it in the log.
    pub(super) fn catch_up(self: &Arc<Self>) {
        if let Some(processes) = self.processes.get()
            && !self.is_copy()
        {
            processes.catch_up(self);
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.phase.lock().stopping
    }

    pub(super) fn has_ended(&self) -> bool {
        self.phase.lock().ended
    }

    /// Waits until somebody asks the server to stop, at most `limit`.
    pub(super) fn wait_for_stop(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut phase = self.phase.lock();
        while !phase.stopping
            && !self.changed.wait_until(&mut phase, deadline).timed_out()
        {
        }
    }

    /// Waits until the server has ended, at most until `deadline`.
    pub(super) fn wait_for_end(&self, deadline: Option<Instant>) -> bool {
        let mut phase = self.phase.lock();
        while !phase.ended {
            match deadline {
                None => self.changed.wait(&mut phase),
                Some(at)
                    if self.changed.wait_until(&mut phase, at).timed_out() =>
                {
                    break;
                }
                Some(_) => {}
            }
        }
        phase.ended
    }

    /// A receiver that turns `true` when the server is to stop.
    pub(super) fn stop_signal(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Opens the session of an accepted client; `None` if the server is
    /// stopping, and then the connection is simply dropped.
    pub(super) fn open_session(
        self: &Arc<Self>,
        peer: SocketAddr,
        stream: Option<Arc<TcpStream>>,
    ) -> Option<Session> {
        let traffic = Arc::new(Traffic::default());
        let id = self.clients.add(peer, &traffic, stream)?;
        let registration = Registration {
            control: Arc::clone(self),
            id,
        };
        Some(Session::registered(
            peer,
            &self.recorder,
            traffic,
            registration,
        ))
    }

    /// Starts a thread of this server.
    ///
    /// `name` is what `ps -L` and `/proc/self/task/*/comm` show; Linux keeps
    /// 15 bytes of it.
    pub(super) fn spawn(
        self: &Arc<Self>,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> io::Result<JoinHandle<()>> {
        let counted = self.count_thread();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            body();
            drop(counted);
        })
    }

    /// Counts a thread until the returned value is dropped.
    pub(super) fn count_thread(self: &Arc<Self>) -> CountedThread {
        self.threads.fetch_add(1, Ordering::Relaxed);
        CountedThread {
            control: Arc::clone(self),
        }
    }

    pub(super) fn threads(&self) -> usize {
        self.threads.load(Ordering::Relaxed)
    }
}

/// Counts a thread of a server for as long as it lives.
pub(super) struct CountedThread {
    control: Arc<Control>,
}

impl Drop for CountedThread {
    fn drop(&mut self) {
        self.control.threads.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Keeps a client on the list of a server.
#[derive(Debug)]
pub(super) struct Registration {
    control: Arc<Control>,
    id: u64,
}

impl Registration {
    pub(super) fn server_is_stopping(&self) -> bool {
        self.control.is_stopping()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.control.clients.remove(self.id);
    }
}

/// Announces the end of a server when it is dropped.
///
/// It is the last thing the accept thread drops, in a panic as well: whoever
/// waits in [`ServerHandle::join`](super::ServerHandle::join) must not wait
/// for ever because of a bug here.
pub(super) struct Ending {
    pub(super) control: Arc<Control>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.control.recorder.record(None, EventKind::Stopped);
        let mut phase = self.control.phase.lock();
        phase.stopping = true;
        phase.listener = None;
        phase.ended = true;
        self.control.changed.notify_all();
    }
}
