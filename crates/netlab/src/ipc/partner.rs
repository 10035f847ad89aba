//! The other side: a child process, and waiting for it without hanging.
//!
//! A call that waits for a process may wait for ever, because the process may
//! be dead. A pipe reports that as the end of the data, an `eventfd`, a file or
//! a piece of memory does not. So every child holds one end of a *lifeline*, a
//! pipe that carries nothing: when the child is gone, however it went, the
//! system closes its end, and `poll(2)` here sees that.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Pid, close, pipe2, read, write};

use super::LIMIT;
use super::refusal::{explain, explain_errno};
use crate::process::{self, ChildProcess};

/// How often a spinning side offers its core to others before it asks whether
/// the other side still lives.
const YIELDS: u32 = 64;

/// A child process that answers. Dropping it kills and reaps it.
#[derive(Debug)]
pub(super) struct Partner {
    child: ChildProcess,
    lifeline: OwnedFd,
    deadline: Instant,
}

impl Partner {
    /// Runs `body` in a child process.
    ///
    /// The child has a copy of every descriptor. Those that `body` owns are
    /// closed here, by dropping it; those in `ours` are closed there: as long
    /// as the child held the writing end of its own pipe, it would never read
    /// the end of the data.
    pub(super) fn start(
        ours: &[RawFd],
        body: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<Self> {
        let (lifeline, held) =
            pipe2(OFlag::O_CLOEXEC).map_err(explain_errno("pipe2"))?;
        let child = process::in_child(LIMIT, move || {
            let _held = held;
            for end in ours {
                close(*end)?;
            }
            body()
        })
        .map_err(explain("pipe2"))?;
        Ok(Self {
            child,
            lifeline,
            deadline: Instant::now() + LIMIT,
        })
    }

    pub(super) fn pid(&self) -> Pid {
        self.child.pid()
    }

    /// Runs this side, then waits for the child.
    ///
    /// `side` owns the descriptors of this side, so that they are closed when
    /// the child is waited for. If both sides fail, the error of the child
    /// counts: this side saw only its end.
    pub(super) fn talk<T>(
        self,
        side: impl FnOnce(&Self) -> io::Result<T>,
    ) -> io::Result<T> {
        match side(&self) {
            Ok(result) => self.child.wait().map(|()| result),
            // An end that was closed is the first sign of a child that ends;
            // its lifeline may be closed a moment later.
            Err(error) if is_closed(&error) || self.is_gone() => {
                self.child.wait().and(Err(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Waits until a read from `fd` will not block.
    pub(super) fn until_readable(&self, fd: impl AsFd) -> io::Result<()> {
        self.until(fd.as_fd(), PollFlags::POLLIN)
    }

    /// Waits until a write to `fd` will not block.
    pub(super) fn until_writable(&self, fd: impl AsFd) -> io::Result<()> {
        self.until(fd.as_fd(), PollFlags::POLLOUT)
    }

    fn until(&self, fd: BorrowedFd<'_>, event: PollFlags) -> io::Result<()> {
        loop {
            let left = self.time_left()?;
            let mut fds = [
                PollFd::new(fd, event),
                // No event is asked for; that it hangs up is always reported.
                PollFd::new(self.lifeline.as_fd(), PollFlags::empty()),
            ];
            match poll(&mut fds, left) {
                Ok(0) | Err(Errno::EINTR) => {}
                // Whatever has happened to it, the call will say.
                Ok(_) if fds[0].any() == Some(true) => return Ok(()),
                Ok(_) => return Err(gone()),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Looks again and again until `ready` finds something.
    ///
    /// For what cannot be polled: memory and files wake nobody. After `looks`
    /// looks in vain others may have the core.
    pub(super) fn spin_until<T>(
        &self,
        looks: u32,
        ready: impl FnMut() -> io::Result<Option<T>>,
    ) -> io::Result<T> {
        spin_until(looks, ready, || {
            self.time_left()?;
            if self.is_gone() { Err(gone()) } else { Ok(()) }
        })
    }

    /// Reads exactly as many bytes as fit; `fd` must not block.
    pub(super) fn read_exact(
        &self,
        fd: impl AsFd,
        mut bytes: &mut [u8],
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            self.until_readable(&fd)?;
            match read(&fd, bytes) {
                Ok(0) => return Err(gone()),
                Ok(n) => bytes = &mut bytes[n..],
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    /// Writes all the bytes; `fd` must not block.
    pub(super) fn write_all(
        &self,
        fd: impl AsFd,
        mut bytes: &[u8],
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            match write(&fd, bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(Errno::EAGAIN) => self.until_writable(&fd)?,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    fn time_left(&self) -> io::Result<PollTimeout> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let text = format!(
                "измерение не закончилось за {} с и прервано; \
                 возьмите меньше кругов или байтов",
                LIMIT.as_secs()
            );
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        // Rounded up: a timeout of zero would not wait at all.
        let left = left + Duration::from_millis(1);
        Ok(PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX))
    }

    fn is_gone(&self) -> bool {
        let lifeline = self.lifeline.as_fd();
        let mut fds = [PollFd::new(lifeline, PollFlags::empty())];
        poll(&mut fds, PollTimeout::ZERO).is_ok_and(|events| events > 0)
    }
}

/// Whether the other end was closed.
fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}

/// What this side sees of a child that has ended.
fn gone() -> io::Error {
    let text = "вторая сторона завершилась раньше времени";
    io::Error::new(io::ErrorKind::BrokenPipe, text)
}

/// Looks again and again until `ready` finds something or `check` fails.
///
/// A child process needs no check: it has an alarm, and it dies with its
/// parent.
pub(super) fn spin_until<T>(
    looks: u32,
    mut ready: impl FnMut() -> io::Result<Option<T>>,
    mut check: impl FnMut() -> io::Result<()>,
) -> io::Result<T> {
    loop {
        for _ in 0..YIELDS {
            for _ in 0..looks {
                if let Some(found) = ready()? {
                    return Ok(found);
                }
                std::hint::spin_loop();
            }
            // On one core the other side cannot go on while this one looks.
            thread::yield_now();
        }
        // What the other side has left before its end counts all the same.
        if let Err(error) = check() {
            return ready()?.ok_or(error);
        }
    }
}
