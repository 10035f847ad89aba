//! A semaphore: a counter that one process raises and another waits for.
//!
//! It carries no bytes, only «one more»: who lowers it takes one, and waits
//! while there is none. Two of them are enough for taking turns, which is what
//! a semaphore beside a shared memory is for. POSIX has `sem_open` and
//! `sem_wait`; here it is [`eventfd(2)`] with `EFD_SEMAPHORE`, which only Linux
//! has, because it is a descriptor: `write` raises it, `read` lowers it, and
//! `poll` can wait for it and for the death of the child at the same time.
//! Processes that share it must be related, or pass the descriptor on through a
//! Unix socket. Copied are the eight bytes of the number, in and out. Leaves
//! nothing behind: there is no name, and it lives as long as its descriptors.
//!
//! `signal.rs` needs no descriptor either.
//!
//! [`eventfd(2)`]: https://man7.org/linux/man-pages/man2/eventfd.2.html

use std::io;

use nix::sys::eventfd::{EfdFlags, EventFd};

use super::carries_no_bytes;
use super::measured::Measured;
use super::partner::Partner;
use super::refusal::explain_errno;
use super::rounds::Rounds;

pub(super) const NAME: &str = "Семафор";

/// Raises one semaphore and waits for the other, `rounds` times.
///
/// A round is two calls of [`write(2)`] and two of [`read(2)`], and a
/// [`poll(2)`] on this side, which keeps a dead child from hanging the cell.
///
/// [`write(2)`]: https://man7.org/linux/man-pages/man2/write.2.html
/// [`read(2)`]: https://man7.org/linux/man-pages/man2/read.2.html
/// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - A semaphore or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::semaphore::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Fails: a semaphore carries no bytes.
///
/// # Errors
///
/// `Unsupported`, always.
///
/// # Examples
///
/// ```
/// let error = netlab::ipc::semaphore::stream(1).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
/// ```
pub fn stream(_bytes: usize) -> io::Result<Measured> {
    Err(carries_no_bytes(NAME))
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (ping, pong) = (semaphore()?, semaphore()?);
    let child = Partner::start(&[], || answer(&ping, &pong, rounds.number()))?;
    child.talk(|child| {
        let measured = rounds.run(NAME, || {
            ping.write(1)?;
            child.until_readable(&pong)?;
            pong.read()?;
            Ok(())
        })?;
        // «It is over» cannot be said with a counter. But it can be raised by
        // all the rounds that were left out, and the child comes to its end.
        let left = rounds.number() - measured.rounds;
        if left > 0 {
            ping.write(left.into())?;
        }
        Ok(measured)
    })
}

/// The child.
fn answer(ping: &EventFd, pong: &EventFd, rounds: u32) -> io::Result<()> {
    for _ in 0..rounds {
        // Returns 1, and takes it from the counter, as soon as it is not 0.
        ping.read()?;
        pong.write(1)?;
    }
    Ok(())
}

fn semaphore() -> io::Result<EventFd> {
    let flags = EfdFlags::EFD_SEMAPHORE | EfdFlags::EFD_CLOEXEC;
    EventFd::from_value_and_flags(0, flags).map_err(explain_errno("eventfd"))
}
