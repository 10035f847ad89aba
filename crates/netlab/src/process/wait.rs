//! Waiting for a child, for a bounded time, and describing how it ended.

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

/// How often a child is looked at on a system without `pidfd_open`.
const LOOK: Duration = Duration::from_millis(2);

/// The longest single wait; a longer one is a row of them.
const ROUND: Duration = Duration::from_secs(3600);

/// What a look at a child shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It runs, or is stopped.
    Alive,
    /// It has ended and waits for being reaped.
    Ended,
    /// No child of ours: somebody else has reaped it, or is its parent.
    NotOurs,
}

/// Looks at a child without reaping it: [`waitid(2)`] with `WNOWAIT`.
///
/// [`waitid(2)`]: https://man7.org/linux/man-pages/man2/waitid.2.html
pub(crate) fn look(pid: Pid) -> Look {
    let flags =
        WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    match waitid(Id::Pid(pid), flags) {
        Ok(WaitStatus::StillAlive) => Look::Alive,
        Ok(_) => Look::Ended,
        Err(_) => Look::NotOurs,
    }
}

/// Tells whether a process is our child, running or a zombie.
pub(crate) fn is_child(pid: Pid) -> bool {
    look(pid) != Look::NotOurs
}

/// Tells whether we have a child in a process group, running or a zombie.
pub(crate) fn has_child_in(group: Pid) -> bool {
    let flags =
        WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(Id::PGid(group), flags).is_ok()
}

/// Waits until a child has ended, at most until `deadline`; does not reap it.
///
/// A child that is not ours counts as ended.
pub(crate) fn wait_for_end(pid: Pid, deadline: Instant) -> bool {
    let pidfd = open_pidfd(pid);
    loop {
        if look(pid) != Look::Alive {
            return true;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        match &pidfd {
            Ok(pidfd) => wait_readable(pidfd, left.min(ROUND)),
            Err(_) => thread::park_timeout(LOOK.min(left)),
        }
    }
}

/// Opens a descriptor that becomes readable when the process ends:
/// [`pidfd_open(2)`], Linux 5.3.
///
/// [`pidfd_open(2)`]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
pub(crate) fn open_pidfd(pid: Pid) -> io::Result<OwnedFd> {
    // SAFETY: takes two numbers; a wrong pid gives an error.
    let fd =
        unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0_u32) };
    let fd = Errno::result(fd)?;
    // SAFETY: the system has just made this descriptor, for us alone. It is a
    // small number, so nothing is cut off.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

fn wait_readable(fd: &OwnedFd, limit: Duration) {
    // Rounded up: a limit below a millisecond must not become a busy loop.
    let limit = limit + Duration::from_millis(1);
    let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    // EINTR and every other error lead to another look by the caller.
    let _ = poll(&mut fds, limit);
}

/// Reaps a child, waiting until it has ended; `None` if it is not ours.
pub(crate) fn reap(pid: Pid) -> Option<WaitStatus> {
    loop {
        match waitpid(pid, None) {
            Err(Errno::EINTR) => {}
            result => return result.ok(),
        }
    }
}

/// Reaps a child that has ended, of any number of them; `None` if there is none.
///
/// The status is as [`waitpid(2)`] gives it: translating it may fail, and then
/// the child would have been reaped without anybody knowing which it was.
/// `whose` is the first argument of the call: -1 for every child, or a process
/// group as a negative number. Async-signal-safe.
///
/// [`waitpid(2)`]: https://man7.org/linux/man-pages/man2/waitpid.2.html
pub(crate) fn reap_one_of(whose: i32, wait: bool) -> Option<(Pid, i32)> {
    let options = if wait { 0 } else { libc::WNOHANG };
    loop {
        let mut status = 0;
        // SAFETY: the status is ours, and the system writes one number to it.
        let pid = unsafe { libc::waitpid(whose, &mut status, options) };
        match Errno::result(pid) {
            Ok(0) => return None,
            Ok(pid) => return Some((Pid::from_raw(pid), status)),
            Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
}

/// Kills a child if it still runs, and reaps it.
pub(crate) fn kill_and_reap(pid: Pid) -> Option<WaitStatus> {
    // Not reaped yet, so the number still belongs to our child and to nobody
    // else.
    if look(pid) == Look::NotOurs {
        return None;
    }
    let _ = kill(pid, Signal::SIGKILL);
    reap(pid)
}

/// How a process ended, by the status that `waitpid` has given.
pub(crate) fn status_in_words(pid: Pid, status: i32) -> String {
    match WaitStatus::from_raw(pid, status) {
        Ok(status) => in_words(status),
        // A real-time signal has no name.
        Err(_) => "убит сигналом".to_owned(),
    }
}

/// How a process ended, in words that follow its name.
pub(crate) fn in_words(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(_, code) => format!("завершился с кодом {code}"),
        WaitStatus::Signaled(_, signal, _) => {
            format!("убит сигналом {}", signal.as_str())
        }
        _ => "завершился".to_owned(),
    }
}
