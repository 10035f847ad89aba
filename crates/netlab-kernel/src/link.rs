//! The connection to the child that runs the cells; see [`crate::channel`].

use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use socket2::Socket;

use crate::channel::{self, Assembler, FromChild, ThreadOutput, ToChild};

/// How long a child may take to connect after `evcxr` has started it.
const CONNECT: Duration = Duration::from_secs(10);

/// How long the last output of a cell may take to arrive.
const DRAIN: Duration = Duration::from_secs(5);

/// The room for one packet: 64 KiB after a short header.
const PACKET: usize = 65 * 1024;

/// The child of the moment.
#[derive(Default)]
pub(crate) struct Link {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    child: Option<Arc<Socket>>,
    pid: Option<Pid>,
    hooks: Option<String>,
    thread_output: ThreadOutput,
    /// What every child is told first.
    greeting: Vec<ToChild>,
    asked: u64,
    synced: u64,
}

/// What happens on the link.
pub(crate) enum Event {
    Message(Box<FromChild>),
    /// The child is gone.
    Gone,
}

impl Link {
    /// Accepts children at `path`, one after the other, and hands over what
    /// they say; runs until the socket breaks.
    ///
    /// # Errors
    ///
    /// When the socket can't be made.
    pub(crate) fn listen(
        self: &Arc<Self>,
        path: &Path,
        mut handle: impl FnMut(Event) + Send + 'static,
    ) -> Result<()> {
        let listener = channel::listen(path).with_context(|| {
            format!("can't make the socket {}", path.display())
        })?;
        let link = Arc::clone(self);
        std::thread::Builder::new().name("link".to_owned()).spawn(
            move || {
                while let Ok((child, _)) = listener.accept() {
                    link.serve(child, &mut handle);
                }
            },
        )?;
        Ok(())
    }

    fn serve(&self, child: Socket, handle: &mut impl FnMut(Event)) {
        let child = Arc::new(child);
        let mut assembler = Assembler::default();
        let mut packet = vec![0; PACKET];
        while let Ok(length @ 1..) = receive(&child, &mut packet) {
            match assembler.take(&packet[..length]) {
                Ok(Some(message)) => self.take(&child, message, handle),
                Ok(None) => {}
                Err(error) => {
                    eprintln!("netlab-kernel: from the child: {error}");
                }
            }
        }
        let pid = {
            let mut state = self.state.lock().unwrap();
            state.child = None;
            state.pid.take()
        };
        // What it has forked would keep descriptors and ports.
        if let Some(pid) = pid {
            let _ = killpg(pid, Signal::SIGKILL);
        }
        handle(Event::Gone);
        self.changed.notify_all();
    }

    fn take(
        &self,
        child: &Arc<Socket>,
        message: FromChild,
        handle: &mut impl FnMut(Event),
    ) {
        match message {
            FromChild::Hello { pid } => {
                let mut state = self.state.lock().unwrap();
                if let Some(path) = state.hooks.clone() {
                    let _ = channel::send(child, &ToChild::LoadHooks { path });
                }
                let thread_output = state.thread_output;
                let settings = ToChild::Settings { thread_output };
                let _ = channel::send(child, &settings);
                for message in &state.greeting {
                    let _ = channel::send(child, message);
                }
                state.pid = Some(Pid::from_raw(pid.cast_signed()));
                state.child = Some(Arc::clone(child));
            }
            FromChild::HooksLoaded { path } => {
                self.state.lock().unwrap().hooks = Some(path);
            }
            FromChild::Synced { token } => {
                self.state.lock().unwrap().synced = token;
            }
            message => return handle(Event::Message(Box::new(message))),
        }
        self.changed.notify_all();
    }

    /// Waits until there is a child.
    ///
    /// # Errors
    ///
    /// When none has connected in time.
    pub(crate) fn wait(&self) -> Result<()> {
        let state = self.state.lock().unwrap();
        let (_state, wait) = self
            .changed
            .wait_timeout_while(state, CONNECT, |state| state.child.is_none())
            .unwrap();
        anyhow::ensure!(
            !wait.timed_out(),
            "the process that runs the cells does not start"
        );
        Ok(())
    }

    /// Tells the child something; without a child nobody listens.
    pub(crate) fn tell(&self, message: &ToChild) {
        let child = self.state.lock().unwrap().child.clone();
        if let Some(child) = child {
            let _ = channel::send(&child, message);
        }
    }

    /// Which cell the output of threads goes to.
    pub(crate) fn thread_output(&self) -> ThreadOutput {
        self.state.lock().unwrap().thread_output
    }

    /// Changes that, for this child and those after it.
    pub(crate) fn set_thread_output(&self, thread_output: ThreadOutput) {
        self.state.lock().unwrap().thread_output = thread_output;
        self.tell(&ToChild::Settings { thread_output });
    }

    /// Tells this to the child, and to all that come after it.
    pub(crate) fn greet(&self, messages: Vec<ToChild>) {
        let mut state = self.state.lock().unwrap();
        if let Some(child) = &state.child {
            for message in &messages {
                let _ = channel::send(child, message);
            }
        }
        state.greeting = messages;
    }

    /// Waits until everything that the child has sent so far has arrived, or
    /// until it is gone.
    pub(crate) fn drain(&self) {
        let mut state = self.state.lock().unwrap();
        let Some(child) = state.child.clone() else {
            return;
        };
        state.asked += 1;
        let token = state.asked;
        drop(state);
        if channel::send(&child, &ToChild::Sync { token }).is_err() {
            return;
        }
        let state = self.state.lock().unwrap();
        let waits = |state: &mut State| {
            state.synced < token
                && state
                    .child
                    .as_ref()
                    .is_some_and(|now| Arc::ptr_eq(now, &child))
        };
        drop(self.changed.wait_timeout_while(state, DRAIN, waits));
    }

    /// Waits until the child that was there is gone; at most so long.
    pub(crate) fn wait_until_gone(&self, pid: Option<Pid>) {
        let state = self.state.lock().unwrap();
        let waits = |state: &mut State| pid.is_some() && state.pid == pid;
        drop(self.changed.wait_timeout_while(state, DRAIN, waits));
    }

    /// The process of the child.
    pub(crate) fn pid(&self) -> Option<Pid> {
        self.state.lock().unwrap().pid
    }

    /// Ends the child and everything that it has started.
    pub(crate) fn kill(&self) {
        if let Some(pid) = self.pid() {
            let _ = killpg(pid, Signal::SIGKILL);
            let _ = nix::sys::signal::kill(pid, Signal::SIGKILL);
        }
    }
}

fn receive(socket: &Socket, packet: &mut [u8]) -> io::Result<usize> {
    loop {
        match nix::sys::socket::recv(
            socket.as_raw_fd(),
            packet,
            nix::sys::socket::MsgFlags::empty(),
        ) {
            Err(nix::Error::EINTR) => {}
            received => return Ok(received?),
        }
    }
}

/// Where the socket lies to which the child connects.
pub(crate) fn path_in(build_dir: &Path) -> PathBuf {
    socket_in(build_dir, "channel")
}

/// Where a socket of that name lies: in the build directory, unless its path
/// is too long for a socket.
pub(crate) fn socket_in(build_dir: &Path, name: &str) -> PathBuf {
    const LONGEST: usize = 100;
    let path = build_dir.join(name);
    if path.as_os_str().len() <= LONGEST {
        return path;
    }
    let owner = build_dir.file_name().unwrap_or_default();
    std::env::temp_dir().join(format!("{}.{name}", owner.to_string_lossy()))
}
