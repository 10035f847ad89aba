//! A Unix socket: bytes in both directions, between processes of one machine.
//!
//! [`socketpair(2)`] gives two connected ends, as `pipe2` does, and each of
//! them can be read and written. [`by_path`] gets the same two by `bind`,
//! `connect` and `accept` on a name in the file system, as a server and a
//! stranger would. Each write is copied into a buffer of the system and each
//! read copies it out: two copies, and no protocol in between, see
//! [`unix(7)`]. Besides bytes it can carry descriptors and the identity of the
//! sender. The pair leaves nothing behind; a name stays until it is removed,
//! so here it is removed as soon as both ends are connected.
//!
//! `tcp.rs` replaces the name by an address.
//!
//! [`socketpair(2)`]: https://man7.org/linux/man-pages/man2/socketpair.2.html
//! [`unix(7)`]: https://man7.org/linux/man-pages/man7/unix.7.html

use std::io;
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};

use nix::errno::Errno;

use super::byte_stream;
use super::measured::Measured;
use super::name::TempPath;
use super::partner::Partner;
use super::refusal::{explain, explain_errno};
use super::rounds::Rounds;
use super::volume::Volume;

pub(super) const NAME: &str = "Сокет Unix";

/// The room for a path in an address, with the zero at its end.
const LONGEST: usize = 108;

/// Sends «ping» to a child process and waits for «pong», `rounds` times.
///
/// One socket pair is enough for both directions. A round is two calls of
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
/// - A socket or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::unix::ping_pong(100)?);
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
/// println!("{}", netlab::ipc::unix::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (ours, theirs) = UnixStream::pair().map_err(explain("socketpair"))?;
    ours.set_nonblocking(true)?;
    let child = Partner::start(&[ours.as_raw_fd()], move || {
        byte_stream::answer(&theirs, &theirs)
    })?;
    child.talk(move |child| byte_stream::ask(child, &ours, &ours, rounds, NAME))
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (ours, theirs) = UnixStream::pair().map_err(explain("socketpair"))?;
    ours.set_nonblocking(true)?;
    let child = Partner::start(&[ours.as_raw_fd()], move || {
        byte_stream::count(&theirs, &theirs)
    })?;
    child.talk(move |child| {
        let sent = byte_stream::send(child, &ours, volume)?;
        // Half of the socket: no more from here, but the answer may come.
        ours.shutdown(Shutdown::Write)?;
        sent.confirmed(NAME, byte_stream::arrived(child, &ours)?)
    })
}

/// The same two ends as [`UnixStream::pair`], through a name in the directory
/// for temporary files.
///
/// Corresponds to [`bind(2)`], [`connect(2)`] and [`accept(2)`]. The name is
/// gone when this returns, and the ends stay connected: the name is needed for
/// finding each other, not for talking.
///
/// [`bind(2)`]: https://man7.org/linux/man-pages/man2/bind.2.html
/// [`connect(2)`]: https://man7.org/linux/man-pages/man2/connect.2.html
/// [`accept(2)`]: https://man7.org/linux/man-pages/man2/accept.2.html
///
/// # Errors
///
/// The directory is missing or not writable, or its name is so long that the
/// path does not fit into an address of 108 bytes.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
///
/// let (mut one, mut other) = netlab::ipc::unix::by_path()?;
/// one.write_all(b"ping")?;
/// other.read_exact(&mut [0; 4])?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn by_path() -> io::Result<(UnixStream, UnixStream)> {
    let path = TempPath::new();
    if path.as_path().as_os_str().len() >= LONGEST {
        return Err(explain_errno("bind")(Errno::ENAMETOOLONG));
    }
    let listener =
        UnixListener::bind(path.as_path()).map_err(explain("bind"))?;
    // Connecting ends before anybody accepts: the queue of the listener has
    // room. So one thread can play both sides.
    let client =
        UnixStream::connect(path.as_path()).map_err(explain("connect"))?;
    let (server, _) = listener.accept().map_err(explain("accept"))?;
    Ok((client, server))
}
