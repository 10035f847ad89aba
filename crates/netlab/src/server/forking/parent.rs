//! The parent: the process that accepts and forks.
//!
//! It was forked off the notebook, so nothing in this file allocates or takes a
//! lock. Everything that needs memory or a descriptor is made before.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::{Pid, setpgid};

use super::record::Record;
use super::told::Teller;
use super::{Fault, STOP};
use crate::process::{self, GroupEnd};
use crate::server::connection;
use crate::server::lingering::Lingering;
use crate::server::{Flow, Limits};

/// The most children of a server, whatever its limits say.
const MOST: usize = 1024;

/// The name of a process that accepts.
pub(super) const SERVER: &CStr = c"netlab-server";

/// Signals of a crash.
const CRASHES: [Signal; 3] = [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGILL];

/// What the parent knows.
pub(super) struct Parent {
    pub(super) teller: Teller,
    pub(super) limits: Limits,
    pub(super) fault: Option<Fault>,
    /// The line for a client that is one too many.
    pub(super) refusal: String,
    /// The buffer for the answers of a child.
    pub(super) answer: Vec<u8>,
    /// The children that have not been reaped; it has room for all of them.
    children: Vec<Pid>,
    /// Places for children of all generations; see [`Self::is_full`].
    places: Option<EventFd>,
    /// The clients that have been refused.
    pub(super) lingering: Lingering,
    signals: SignalFd,
    lifeline: GroupEnd,
    null: File,
}

/// What has ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// A client is in the queue.
    Client,
    /// A child has ended.
    ChildEnded,
    /// The server is to stop.
    Stop,
    /// Nothing in particular.
    Nothing,
}

impl Parent {
    /// Makes everything that the parent will need, still in the notebook.
    pub(super) fn new(
        teller: Teller,
        limits: Limits,
        fault: Option<Fault>,
        lifeline: GroupEnd,
    ) -> io::Result<Self> {
        let most = limits.max_clients.min(MOST);
        let limits = Limits {
            max_clients: most,
            ..limits
        };
        let places = match fault {
            Some(Fault::ChildKeepsAccepting) => {
                let flags = EfdFlags::EFD_CLOEXEC
                    | EfdFlags::EFD_NONBLOCK
                    | EfdFlags::EFD_SEMAPHORE;
                Some(EventFd::from_value_and_flags(most as u32, flags)?)
            }
            _ => None,
        };
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self {
            teller,
            limits,
            fault,
            refusal: connection::refusal(most),
            answer: Vec::with_capacity(connection::ANSWER),
            children: Vec::with_capacity(most),
            places,
            lingering: Lingering::new(),
            signals: SignalFd::with_flags(&signals(), flags)?,
            lifeline,
            null: File::options().read(true).write(true).open("/dev/null")?,
        })
    }

    /// The first steps of the server process.
    pub(super) fn settle(&self, listener: &TcpListener) -> Result<(), Errno> {
        // A group of its own: an interrupt of the notebook is not meant for
        // the server, and the group can be ended as a whole.
        setpgid(Pid::from_raw(0), Pid::from_raw(0))?;
        self.lifeline.tie_group()?;
        // Handlers are inherited. Those of the notebook report a crash, and a
        // crash of this process is none of the notebook.
        for signal in signals().iter().chain(CRASHES) {
            process::default_action(signal);
        }
        prctl::set_child_subreaper(true)?;
        let places = match &self.places {
            Some(places) => places.as_fd().as_raw_fd(),
            None => self.teller.fd(),
        };
        process::keep_only(
            &mut [
                listener.as_raw_fd(),
                self.teller.fd(),
                self.signals.as_fd().as_raw_fd(),
                self.lifeline.fd(),
                places,
            ],
            self.null.as_raw_fd(),
        );
        Ok(())
    }

    /// Waits for a client, or for a signal.
    ///
    /// A handler could interrupt `accept`, but a signal that comes just before
    /// the call would be missed. As a descriptor ([`signalfd(2)`]) it waits.
    ///
    /// [`signalfd(2)`]: https://man7.org/linux/man-pages/man2/signalfd.2.html
    pub(super) fn wait(&mut self, listener: &TcpListener) -> Wake {
        let awaited = [self.signals.as_fd(), listener.as_fd()];
        if self.lingering.wait_for(awaited).is_err() {
            return Wake::Nothing;
        }
        match self.next_signal() {
            Wake::Nothing => Wake::Client,
            signal => signal,
        }
    }

    /// Waits for a signal, at most `limit`, and does what it asks for.
    pub(super) fn pause(&mut self, limit: Duration) -> Flow {
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::ZERO);
        let signals = PollFd::new(self.signals.as_fd(), PollFlags::POLLIN);
        let _ = poll(&mut [signals], limit);
        match self.next_signal() {
            Wake::Stop => Flow::Stop,
            Wake::ChildEnded => self.reap(),
            Wake::Client | Wake::Nothing => Flow::NextClient,
        }
    }

    fn next_signal(&self) -> Wake {
        match self.signals.read_signal() {
            Ok(Some(info)) if info.ssi_signo == libc::SIGCHLD as u32 => {
                Wake::ChildEnded
            }
            Ok(Some(_)) => Wake::Stop,
            Ok(None) | Err(_) => Wake::Nothing,
        }
    }

    pub(super) fn add(&mut self, child: Pid) {
        self.children.push(child);
    }

    /// Tells whether there is room for another child.
    pub(super) fn is_full(&self) -> bool {
        if self.children.len() >= self.limits.max_clients {
            return true;
        }
        // Children that become servers do not know each other's children. They
        // share a semaphore, and nobody gives a place back: nobody ends.
        self.places
            .as_ref()
            .is_some_and(|places| places.read().is_err())
    }

    /// Reaps the children that have ended: [`waitpid(2)`] with `WNOHANG`.
    ///
    /// One SIGCHLD may stand for several children, hence the loop. Returns
    /// whether one of them has been told to stop the server.
    ///
    /// [`waitpid(2)`]: https://man7.org/linux/man-pages/man2/waitpid.2.html
    pub(super) fn reap(&mut self) -> Flow {
        let mut flow = Flow::NextClient;
        if self.fault == Some(Fault::NoReaping) {
            return flow;
        }
        while let Some((child, status)) = process::reap_one_of(-1, false) {
            if self.reaped(child, status) == Flow::Stop {
                flow = Flow::Stop;
            }
        }
        flow
    }

    fn reaped(&mut self, child: Pid, status: i32) -> Flow {
        self.children.retain(|&other| other != child);
        self.teller.tell_of(child, Record::Reaped { status });
        if libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == STOP {
            Flow::Stop
        } else {
            Flow::NextClient
        }
    }

    /// Ends all children and reaps them.
    ///
    /// SIGKILL, because a child may be stopped. Children of children die with
    /// their parents and become ours: this process adopts orphans.
    pub(super) fn end_children(&mut self) {
        for &child in &self.children {
            let _ = kill(child, Signal::SIGKILL);
        }
        while let Some((child, status)) = process::reap_one_of(-1, true) {
            self.reaped(child, status);
        }
    }

    /// What a child gives up of its parent: the children, the refused clients,
    /// and the signals.
    pub(super) fn forget(&mut self) {
        self.children.clear();
        self.lingering.close();
        let _ = SigSet::empty().thread_set_mask();
    }

    /// What a child takes up again to accept clients itself.
    pub(super) fn become_server(&self) {
        let _ = signals().thread_block();
        process::set_name(SERVER);
    }
}

/// The signals that the parent waits for instead of being interrupted.
pub(super) fn signals() -> SigSet {
    [Signal::SIGCHLD, Signal::SIGINT, Signal::SIGTERM]
        .into_iter()
        .collect()
}
