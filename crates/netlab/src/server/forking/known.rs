//! What is known of the processes: who is there, who serves whom.

use std::collections::BTreeMap;
use std::io;
use std::iter;
use std::net::SocketAddr;
use std::sync::Arc;

use nix::unistd::Pid;

use super::record::Ending;
use crate::process;
use crate::server::connection::Flow;
use crate::server::control::Control;
use crate::server::session::Session;
use crate::trace::{CloseReason, EventKind};

/// What the notebook knows at the moment.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Nobody can tell anything any more.
    pub(super) silent: bool,
    /// The server process, until it has been reaped.
    pub(super) server: Option<Pid>,
    /// The process group, until all of it has been reaped.
    pub(super) group: Option<Pid>,
    /// The clients by the process that serves them.
    pub(super) clients: BTreeMap<Pid, Client>,
}

/// A client and its child.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) session: Session,
    /// How its child says that it has ended; the child itself is still there.
    pub(super) ending: Option<Ending>,
}

impl Known {
    /// Opens the session of a client.
    pub(super) fn connected(
        &mut self,
        control: &Arc<Control>,
        pid: Pid,
        peer: SocketAddr,
    ) {
        let Some(session) = control.open_session(peer, None) else {
            return;
        };
        let forked = EventKind::Forked { pid: pid.as_raw() };
        session.record(forked);
        let ending = None;
        self.clients.insert(pid, Client { session, ending });
    }

    /// Reaps our own children among the processes: the server process, and
    /// orphans that have become ours.
    pub(super) fn reap(&self, wait: bool) -> Vec<(Pid, i32)> {
        let Some(group) = self.group else {
            return Vec::new();
        };
        let whose = -group.as_raw();
        iter::from_fn(|| process::reap_one_of(whose, wait)).collect()
    }

    /// Forgets the server process if a cell that waits for any child has reaped
    /// it.
    pub(super) fn look_for_server(&mut self) {
        self.server = self.server.filter(|&server| process::is_child(server));
    }

    /// Notes that a process has ended and was reaped, by whom ever.
    pub(super) fn reaped(
        &mut self,
        control: &Arc<Control>,
        pid: Pid,
        status: i32,
    ) {
        if self.server == Some(pid) {
            self.server = None;
        }
        let ending = process::status_in_words(pid, status);
        self.close(control, pid, Some(&ending));
        let pid = pid.as_raw();
        let reaped = EventKind::Reaped { pid, ending };
        control.recorder.record(None, reaped);
    }

    /// Closes the session of a client, as its child has told it to be closed
    /// or, if it could not tell any more, because of the end of that child.
    pub(super) fn close(
        &mut self,
        control: &Control,
        pid: Pid,
        end: Option<&str>,
    ) {
        let Some(mut client) = self.clients.remove(&pid) else {
            return;
        };
        let result = match (client.ending, end) {
            (Some(ending), _) => ending.into_result(),
            (None, end) => {
                let end = end.unwrap_or_default();
                Ok(CloseReason::Failed(format!("процесс {pid} {end}")))
            }
        };
        // An error is in the log already.
        if let Ok(Flow::Stop) = client.session.close(result) {
            control.request_stop();
        }
    }
}

impl Ending {
    fn into_result(self) -> io::Result<CloseReason> {
        match self {
            Self::Quit => Ok(CloseReason::Quit),
            Self::Stop => Ok(CloseReason::Stop),
            Self::EndOfStream => Ok(CloseReason::EndOfStream),
            Self::ReadTimeout => Ok(CloseReason::ReadTimeout),
            Self::WriteTimeout => Ok(CloseReason::WriteTimeout),
            Self::Failed { errno } => Err(io::Error::from_raw_os_error(errno)),
        }
    }
}
