//! A named pipe (FIFO): the same bytes, between strangers.
//!
//! [`mkfifo(3)`] puts a name into the file system, and whoever may open the
//! name gets an end of the pipe behind it: no kinship is needed. Only the name
//! is on the disk; the bytes go through the same buffer of the system as in
//! `pipe.rs`, with the same two copies and the same speed. The name stays until
//! somebody removes it, so here it is removed as soon as it has been opened.
//!
//! Opening is the trap: `open` for reading waits for a writer, `open` for
//! writing waits for a reader, and two programs that open two FIFOs in opposite
//! order wait for ever. See [`fifo(7)`].
//!
//! `unix.rs` replaces the two pipes by one socket.
//!
//! [`mkfifo(3)`]: https://man7.org/linux/man-pages/man3/mkfifo.3.html
//! [`fifo(7)`]: https://man7.org/linux/man-pages/man7/fifo.7.html

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::byte_stream;
use super::measured::Measured;
use super::name::TempPath;
use super::partner::Partner;
use super::pipe::not_blocking;
use super::refusal::{explain, explain_errno};
use super::rounds::Rounds;
use super::volume::Volume;

pub(super) const NAME: &str = "Именованный канал";

/// Sends «ping» to a child process and waits for «pong», `rounds` times.
///
/// Two FIFOs, because one goes one way only. A round is two calls of
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
/// - A FIFO or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::fifo::ping_pong(100)?);
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
/// println!("{}", netlab::ipc::fifo::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (from_parent, to_child) = fifo()?;
    let (from_child, to_parent) = fifo()?;
    let ours = not_blocking([&to_child, &from_child])?;
    let child = Partner::start(&ours, move || {
        byte_stream::answer(from_parent, to_parent)
    })?;
    child.talk(move |child| {
        byte_stream::ask(child, to_child, from_child, rounds, NAME)
    })
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (from_parent, to_child) = fifo()?;
    let (from_child, to_parent) = fifo()?;
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

/// A new FIFO, opened by its name for reading and for writing. The name is
/// gone when this returns.
fn fifo() -> io::Result<(File, File)> {
    let path = TempPath::new();
    let mode = Mode::S_IRUSR | Mode::S_IWUSR;
    mkfifo(path.as_path(), mode).map_err(explain_errno("mkfifo"))?;
    // With O_NONBLOCK opening for reading does not wait for a writer. Then
    // there is a reader, and opening for writing does not wait either.
    let reading = File::options()
        .read(true)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open(path.as_path())
        .map_err(explain("open"))?;
    let writing = File::options()
        .write(true)
        .open(path.as_path())
        .map_err(explain("open"))?;
    fcntl(reading.as_fd(), FcntlArg::F_SETFL(OFlag::empty()))?;
    Ok((reading, writing))
}
