//! What a process of the server says, and the pipe through which it says it.

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::unistd::{Pid, getpid};

use super::record::{Ending, HEAD, Record};
use crate::server::Command;
use crate::server::connection::Witness;
use crate::timeout;
use crate::trace::CloseReason;

/// The end of the pipe into which all processes of a server write.
///
/// Nothing here allocates or takes a lock: it runs in a forked child.
#[derive(Debug)]
pub(super) struct Teller {
    pipe: File,
}

impl Teller {
    pub(super) fn new(pipe: OwnedFd) -> Self {
        Self {
            pipe: File::from(pipe),
        }
    }

    pub(super) fn fd(&self) -> RawFd {
        self.pipe.as_raw_fd()
    }

    /// Tells what has happened to this process.
    pub(super) fn tell(&self, record: Record<'_>) {
        self.tell_of(getpid(), record);
    }

    /// Tells what has happened to process `pid`.
    pub(super) fn tell_of(&self, pid: Pid, record: Record<'_>) {
        // One write, or another process's record would be in the middle. It
        // fails only if nobody reads any more, and then nobody misses it.
        let _ = (&self.pipe).write_all(&record.encode(pid));
    }

    pub(super) fn connected(&self, peer: SocketAddr) {
        self.tell(Record::Connected { peer });
    }

    pub(super) fn closed(&self, result: &io::Result<CloseReason>) {
        let ending = match result {
            Ok(CloseReason::Quit) => Ending::Quit,
            Ok(CloseReason::Stop) => Ending::Stop,
            Ok(CloseReason::ReadTimeout) => Ending::ReadTimeout,
            Ok(CloseReason::WriteTimeout) => Ending::WriteTimeout,
            Ok(_) => Ending::EndOfStream,
            Err(error) => Ending::Failed {
                errno: errno(error) as i32,
            },
        };
        self.tell(Record::Closed(ending));
    }
}

/// The number of an error. A few errors of the standard library have none; they
/// all mean that the connection is of no use any more.
pub(super) fn errno(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(errno) => Errno::from_raw(errno),
        None if timeout::is_timeout(error) => Errno::ETIMEDOUT,
        None => Errno::EPIPE,
    }
}

/// What [`connection::echo`](crate::server::connection) tells of its client.
impl Witness for &Teller {
    fn received(&mut self, packet: &[u8]) -> Instant {
        let (head, rest) = packet.split_at(packet.len().min(HEAD));
        let tail = match rest {
            [] => rest,
            _ => packet.last_chunk::<3>().map_or(rest, |tail| tail),
        };
        self.tell(Record::Received {
            bytes: packet.len(),
            head,
            tail,
        });
        Instant::now()
    }

    fn sent(&mut self, bytes: usize) -> Instant {
        self.tell(Record::Sent { bytes });
        Instant::now()
    }

    fn command(&mut self, command: Command) {
        self.tell(Record::Command(command));
    }
}
