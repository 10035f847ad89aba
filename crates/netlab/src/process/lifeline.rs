//! A pipe whose end kills a group of processes.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc;
use nix::unistd::{getpgrp, pipe2};

/// A command of `fcntl` that the crate `libc` does not know on this system.
const F_SETSIG: libc::c_int = 10;

/// The end that the parent keeps. When it is closed, and a process that is
/// killed closes everything, the whole group is killed.
#[derive(Debug)]
pub(crate) struct Lifeline {
    _writer: OwnedFd,
}

/// The end that the group holds.
#[derive(Debug)]
pub(crate) struct GroupEnd {
    reader: OwnedFd,
}

/// Makes a lifeline.
///
/// `PR_SET_PDEATHSIG` reaches the children of whoever dies, not their children.
/// This reaches all of them, also those that have lost their parent before.
pub(crate) fn lifeline() -> io::Result<(Lifeline, GroupEnd)> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    Ok((Lifeline { _writer: writer }, GroupEnd { reader }))
}

impl GroupEnd {
    /// Ties the process group of the caller to the lifeline.
    ///
    /// Corresponds to [`fcntl(2)`]: with `O_ASYNC` the system sends a signal
    /// when something happens to the pipe, `F_SETOWN` says to whom, `F_SETSIG`
    /// which one. Nothing is ever written into this pipe, so what happens to it
    /// is its end. SIGKILL also ends a process that is stopped.
    ///
    /// Async-signal-safe.
    ///
    /// [`fcntl(2)`]: https://man7.org/linux/man-pages/man2/fcntl.2.html
    pub(crate) fn tie_group(&self) -> Result<(), Errno> {
        let settings = [
            (libc::F_SETOWN, -getpgrp().as_raw()),
            (F_SETSIG, libc::SIGKILL),
            (libc::F_SETFL, libc::O_ASYNC),
        ];
        for (command, argument) in settings {
            // SAFETY: these three commands take a number.
            let set = unsafe { libc::fcntl(self.fd(), command, argument) };
            Errno::result(set)?;
        }
        Ok(())
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.reader.as_raw_fd()
    }
}
