//! The processes of a server, as the notebook knows them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use parking_lot::Mutex;

use super::Fault;
use super::known::Known;
use super::news::News;
use super::record::Record;
use crate::process;
use crate::server::accepting;
use crate::server::connection::Witness;
use crate::server::control::Control;
use crate::trace::EventKind;

/// How long news may wait for more, in milliseconds.
const MOMENT: u8 = 1;

/// The processes of a server.
#[derive(Debug)]
pub(in crate::server) struct Processes {
    fault: Option<Fault>,
    /// The limit that a refused client has met.
    limit: usize,
    /// What the processes tell.
    news: News,
    /// Wakes the listening thread when the server is to stop.
    wake: EventFd,
    known: Mutex<Known>,
}

impl Processes {
    pub(super) fn new(
        pipe: OwnedFd,
        limit: usize,
        fault: Option<Fault>,
    ) -> io::Result<Self> {
        Ok(Self {
            fault,
            limit,
            news: News::new(pipe)?,
            wake: EventFd::from_flags(EfdFlags::EFD_CLOEXEC)?,
            known: Mutex::default(),
        })
    }

    pub(super) fn begin(&self, control: &Control, server: Pid) {
        let mut known = self.known.lock();
        (known.server, known.group) = (Some(server), Some(server));
        let pid = server.as_raw();
        control.recorder.record(None, EventKind::Forked { pid });
    }

    /// The server process, unless it has ended.
    pub(in crate::server) fn server(&self) -> Option<Pid> {
        self.known.lock().server
    }

    /// The process group, unless everybody in it has ended.
    pub(in crate::server) fn group(&self) -> Option<Pid> {
        self.known.lock().group
    }

    /// Tells whether the end of the server process is the end of the server.
    pub(super) fn has_ended(&self) -> bool {
        self.fault != Some(Fault::ListenerKept) && self.server().is_none()
    }

    /// Wakes the thread that ends the processes.
    pub(in crate::server) fn request_stop(&self) {
        let _ = self.wake.write(1);
    }

    /// A descriptor that becomes readable when the server process ends.
    pub(super) fn server_end(&self) -> Option<OwnedFd> {
        process::open_pidfd(self.server()?).ok()
    }

    /// Waits until there is news or the server is to stop.
    ///
    /// The first news after a quiet time is heard at once, and then it takes a
    /// moment to the next: a hundred clients are listened to with one look, and
    /// not each of their processes wakes the notebook by all that it tells.
    pub(super) fn wait(&self, server_end: Option<&OwnedFd>) {
        let urgent = [Some(self.wake.as_fd()), self.awaited(server_end)];
        if !wait_for_one_of(&urgent, MOMENT) {
            let [wake, server_end] = urgent;
            let all = [Some(self.news.as_fd()), wake, server_end];
            wait_for_one_of(&all, PollTimeout::NONE);
        }
    }

    /// Waits until there is news, at most `limit`.
    pub(super) fn wait_for_news(
        &self,
        server_end: Option<&OwnedFd>,
        limit: Duration,
    ) {
        // Rounded up: less than a millisecond must not become a busy loop.
        let limit = limit + Duration::from_millis(1);
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        let news = [Some(self.news.as_fd()), self.awaited(server_end)];
        wait_for_one_of(&news, limit);
    }

    /// The end of the server process is news only once.
    fn awaited<'a>(
        &self,
        server_end: Option<&'a OwnedFd>,
    ) -> Option<BorrowedFd<'a>> {
        let end = server_end.filter(|_| self.server().is_some());
        end.map(AsFd::as_fd)
    }

    /// Notes everything that was told before this call, and who has ended.
    ///
    /// Returns whether there is nobody left who could tell anything.
    pub(in crate::server) fn catch_up(&self, control: &Arc<Control>) -> bool {
        let mut known = self.known.lock();
        let ended = known.reap(false);
        self.note_all(&mut known, control, &ended);
        known.silent
    }

    /// Notes what was told before this call, and then who has `ended` before:
    /// their last words come first.
    fn note_all(
        &self,
        known: &mut Known,
        control: &Arc<Control>,
        ended: &[(Pid, i32)],
    ) {
        let silent = self.news.read(|pid, record| {
            self.note(known, control, pid, record);
        });
        known.silent |= silent;
        for &(pid, status) in ended {
            known.reaped(control, pid, status);
        }
        known.look_for_server();
    }

    fn note(
        &self,
        known: &mut Known,
        control: &Arc<Control>,
        pid: Pid,
        record: Record<'_>,
    ) {
        let recorder = &control.recorder;
        let client = known.clients.get_mut(&pid);
        match (record, client) {
            (Record::Connected { peer }, _) => {
                known.connected(control, pid, peer);
            }
            (Record::Received { bytes, head, tail }, Some(client)) => {
                client.session.received_in_part(bytes, head, tail);
            }
            (Record::Sent { bytes }, Some(client)) => {
                client.session.sent(bytes);
            }
            (Record::Command(command), Some(client)) => {
                client.session.command(command);
            }
            (Record::Closed(ending), Some(client)) => {
                client.ending = Some(ending);
                // The client counts until its process has been reaped. With a
                // fault that may never happen.
                if self.fault.is_some() {
                    known.close(control, pid, None);
                }
            }
            (Record::Refused { peer }, _) => {
                let limit = self.limit;
                recorder.record(Some(peer), EventKind::Refused { limit });
            }
            (Record::AcceptFailed { errno }, _) => {
                let error = accepting::explain(Errno::from_raw(errno));
                recorder.record(None, EventKind::AcceptFailed { error });
            }
            (Record::NoProcess { errno }, _) => {
                let error = accepting::no_process(Errno::from_raw(errno));
                recorder.record(None, EventKind::AcceptFailed { error });
            }
            (Record::Reaped { status }, _) => {
                known.reaped(control, pid, status);
            }
            // The server was being stopped when this client came.
            (_, None) => {}
        }
    }

    /// Sends a signal to the server process, if it is still there.
    pub(super) fn signal_server(&self, signal: Signal) {
        // It is reaped under this lock, so the number cannot have gone to
        // another process.
        if let Some(server) = self.known.lock().server {
            let _ = kill(server, signal);
        }
    }

    /// Kills the whole group and reaps those of it who are our children.
    pub(super) fn kill_and_reap(&self, control: &Arc<Control>) {
        let mut known = self.known.lock();
        // When all of it have been reaped its number may be another group's.
        if let Some(group) = known.group.filter(|&g| process::has_child_in(g)) {
            let _ = killpg(group, Signal::SIGKILL);
        }
        let ended = known.reap(true);
        self.note_all(&mut known, control, &ended);
    }

    /// Forgets what is left: everybody has ended.
    pub(super) fn forget(&self) {
        let mut known = self.known.lock();
        (known.server, known.group) = (None, None);
        // A session knows its server; it must not keep it alive.
        known.clients.clear();
    }
}

/// Waits until one of the descriptors can be read; every result leads to
/// another look. Returns whether one can be read.
fn wait_for_one_of(
    fds: &[Option<BorrowedFd<'_>>],
    limit: impl Into<PollTimeout>,
) -> bool {
    let readable = |&fd| PollFd::new(fd, PollFlags::POLLIN);
    let mut fds: Vec<PollFd<'_>> = fds.iter().flatten().map(readable).collect();
    poll(&mut fds, limit).is_ok_and(|count| count > 0)
}
