//! An unnamed pipe: bytes in one direction, between relatives.
//!
//! [`pipe2(2)`] makes two descriptors; what is written to one is read from the
//! other. There is no name, so only a process that has inherited an end can
//! talk: parent and child, or two children. Each write is copied into a buffer
//! of the system (64 KiB), each read copies it out again: two copies. Who
//! writes to a full pipe waits; so does who reads from an empty one. When the
//! last writing end is closed, the reader sees the end of the data, and a
//! writer without readers gets `EPIPE`. Leaves nothing behind: the pipe lives
//! as long as its descriptors.
//!
//! `fifo.rs` gives the pipe a name.
//!
//! [`pipe2(2)`]: https://man7.org/linux/man-pages/man2/pipe2.2.html

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use super::byte_stream;
use super::measured::Measured;
use super::partner::Partner;
use super::refusal::explain_errno;
use super::rounds::Rounds;
use super::volume::Volume;

pub(super) const NAME: &str = "Неименованный канал";

/// Sends «ping» to a child process and waits for «pong», `rounds` times.
///
/// Two pipes, because one goes one way only. A round is two calls of
/// [`write(2)`] and two of [`read(2)`], and a [`poll(2)`] on this side, which
/// keeps a dead child from hanging the cell.
///
/// [`write(2)`]: https://man7.org/linux/man-pages/man2/write.2.html
/// [`read(2)`]: https://man7.org/linux/man-pages/man2/read.2.html
/// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - A pipe or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::pipe::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Sends `bytes` bytes to a child process, 64 KiB at a time.
///
/// The clock stops when the child has answered how many it has read.
///
/// # Errors
///
/// - `InvalidInput`: `bytes` is zero or more than 1 GiB.
/// - Otherwise the same as [`ping_pong`].
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::pipe::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (from_parent, to_child) = pipe()?;
    let (from_child, to_parent) = pipe()?;
    let ours = not_blocking([&to_child, &from_child])?;
    let child = Partner::start(&ours, move || {
        byte_stream::answer(from_parent, to_parent)
    })?;
    child.talk(move |child| {
        byte_stream::ask(child, to_child, from_child, rounds, NAME)
    })
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (from_parent, to_child) = pipe()?;
    let (from_child, to_parent) = pipe()?;
    let ours = not_blocking([&to_child, &from_child])?;
    let child = Partner::start(&ours, move || {
        byte_stream::count(from_parent, to_parent)
    })?;
    child.talk(move |child| {
        let sent = byte_stream::send(child, &to_child, volume)?;
        // The last writing end: the child reads 0 bytes, the end of the data.
        drop(to_child);
        sent.confirmed(NAME, byte_stream::arrived(child, from_child)?)
    })
}

/// A new pipe: the end for reading and the end for writing.
fn pipe() -> io::Result<(File, File)> {
    let (reading, writing) =
        pipe2(OFlag::O_CLOEXEC).map_err(explain_errno("pipe2"))?;
    Ok((reading.into(), writing.into()))
}

/// Makes the ends of this side non-blocking and returns their numbers.
pub(super) fn not_blocking<const N: usize>(
    ends: [&File; N],
) -> io::Result<[i32; N]> {
    for end in ends {
        fcntl(end.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    Ok(ends.map(|end| end.as_raw_fd()))
}
