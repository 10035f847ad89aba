//! A TCP socket: bytes in both directions, between any two machines.
//!
//! The child gets an address and calls `connect`, this side calls `accept`;
//! neither must be related to the other, nor be on the same machine. Here both
//! are, and the bytes go through the loopback interface: a copy into the
//! buffers of the system, the whole of the protocol (segments, numbers,
//! acknowledgements, windows), and a copy out. That is what it costs more than
//! `unix.rs`. Leaves nothing but an entry in the table of connections, in the
//! state `TIME_WAIT`, which the system removes after a minute; the port of the
//! listener is free at once. See [`tcp(7)`].
//!
//! `semaphore.rs` carries no bytes at all.
//!
//! [`tcp(7)`]: https://man7.org/linux/man-pages/man7/tcp.7.html

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

use super::byte_stream;
use super::measured::Measured;
use super::partner::Partner;
use super::refusal::explain;
use super::rounds::Rounds;
use super::volume::Volume;

pub(super) const NAME: &str = "Сокет TCP";

/// Sends «ping» to a child process and waits for «pong», `rounds` times.
///
/// One connection is enough for both directions. A round is two calls of
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
/// println!("{}", netlab::ipc::tcp::ping_pong(100)?);
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
/// println!("{}", netlab::ipc::tcp::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (listener, addr) = listen()?;
    let child = Partner::start(&[listener.as_raw_fd()], move || {
        let theirs = connect(addr)?;
        byte_stream::answer(&theirs, &theirs)
    })?;
    child.talk(move |child| {
        let ours = accept(child, &listener)?;
        byte_stream::ask(child, &ours, &ours, rounds, NAME)
    })
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (listener, addr) = listen()?;
    let child = Partner::start(&[listener.as_raw_fd()], move || {
        let theirs = connect(addr)?;
        byte_stream::count(&theirs, &theirs)
    })?;
    child.talk(move |child| {
        let ours = accept(child, &listener)?;
        let sent = byte_stream::send(child, &ours, volume)?;
        // Half of the connection: no more from here, but the answer may come.
        ours.shutdown(Shutdown::Write)?;
        sent.confirmed(NAME, byte_stream::arrived(child, &ours)?)
    })
}

/// A listener that only this machine can reach, on a port of the system's
/// choice.
fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(any_port).map_err(explain("bind"))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    Ok((listener, addr))
}

/// The child's end. What it writes goes out at once: with the algorithm of
/// Nagle a small answer could wait for the acknowledgement of the one before.
fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addr)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The end of this side.
fn accept(child: &Partner, listener: &TcpListener) -> io::Result<TcpStream> {
    child.until_readable(listener)?;
    let (stream, _) = listener.accept().map_err(explain("accept"))?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}
