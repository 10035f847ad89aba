//! What all timeouts of this crate have in common.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// The shortest timeout of a socket; zero would be for ever.
const SHORTEST: Duration = Duration::from_micros(1);

/// Refuses a timeout of zero with a sentence that explains it.
///
/// The standard library refuses it too, in words that help only those who know
/// already. The reason is `setsockopt(2)`, where zero means "for ever".
pub(crate) fn refuse_zero(
    name: &str,
    timeout: Option<Duration>,
) -> io::Result<()> {
    if timeout != Some(Duration::ZERO) {
        return Ok(());
    }
    let text = format!(
        "таймаут {name} равен нулю: это «ждать нисколько», ни один вызов не успел бы; \
         ждать без срока – None, не ждать совсем – set_nonblocking(true)"
    );
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}

/// Tells whether a call ended because its timeout was over.
///
/// Linux reports `EAGAIN` (`WouldBlock`) when `SO_RCVTIMEO` runs out, Windows
/// reports `TimedOut`, and `connect` with a timeout says `TimedOut` on both.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Tells whether the peer broke the connection off.
///
/// The first call after an RST fails with `ECONNRESET`, a later write with
/// `EPIPE`: the same event, seen at different times.
pub(crate) fn is_reset(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset
    )
}

/// Reads once within the read timeout of the socket.
///
/// A signal interrupts `read(2)` on a socket with a timeout, whatever the flags
/// of its handler say, and so does being stopped and continued ([`signal(7)`]).
/// `SO_RCVTIMEO` begins anew with each call: signals that come often enough
/// would stretch the timeout without end. Here all calls share it.
/// Does not allocate.
///
/// `begin` is when the time begins: now, and who has just looked at the clock
/// need not look again.
///
/// [`signal(7)`]: https://man7.org/linux/man-pages/man7/signal.7.html
#[inline]
pub(crate) fn read(
    mut stream: &TcpStream,
    buffer: &mut [u8],
    begin: Instant,
) -> io::Result<usize> {
    match stream.read(buffer) {
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        result => return result,
    }
    let limit = stream.read_timeout()?;
    let deadline = limit.and_then(|limit| begin.checked_add(limit));
    let result = read_until(deadline, stream, buffer);
    let restored = stream.set_read_timeout(limit);
    result.and_then(|count| restored.map(|()| count))
}

fn read_until(
    deadline: Option<Instant>,
    mut stream: &TcpStream,
    buffer: &mut [u8],
) -> io::Result<usize> {
    loop {
        let left =
            deadline.map(|at| at.saturating_duration_since(Instant::now()));
        // A process that was stopped may find the time over and the bytes
        // there: a last look, for as short as the system can wait.
        let limit = left.map(|left| left.max(SHORTEST));
        stream.set_read_timeout(limit)?;
        match stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                if left.is_some_and(|left| left.is_zero()) {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            result => return result,
        }
    }
}

/// Writes all of `bytes` within the write timeout of the socket.
///
/// [`Write::write_all`] calls `write` for the rest as often as it must, and
/// `SO_SNDTIMEO` begins anew with each call: a peer that takes a little now and
/// then would stretch the timeout as long as it likes. Here all calls share it,
/// and it begins at `begin`, as in [`read`]. Does not allocate.
#[inline]
pub(crate) fn write_all(
    mut stream: &TcpStream,
    bytes: &[u8],
    begin: Instant,
) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let rest = write_some(stream, bytes)?;
    // Nearly always the send buffer has taken everything, and that was all.
    if rest.is_empty() {
        return Ok(());
    }
    let limit = stream.write_timeout()?;
    let Some(deadline) = limit.and_then(|limit| begin.checked_add(limit))
    else {
        return stream.write_all(rest);
    };
    let written = write_until(deadline, stream, rest);
    let restored = stream.set_write_timeout(limit);
    written.and(restored)
}

fn write_until(
    deadline: Instant,
    stream: &TcpStream,
    mut rest: &[u8],
) -> io::Result<()> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A last look, as in `read_until`: the peer of a process that was
        // stopped may have made room meanwhile. But only if that is what has
        // happened: a few bytes are often free although nobody reads.
        if left.is_zero() && !is_writable(stream) {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left.max(SHORTEST)))?;
        rest = write_some(stream, rest)?;
        if rest.is_empty() {
            return Ok(());
        }
        // One look and no more, whatever it has brought, or a peer that takes
        // a little now and then would stretch the timeout.
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
    }
}

/// Tells whether a writer that sleeps would be woken: a third of the send
/// buffer is free, or the connection is broken. Calls [`poll(2)`].
///
/// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
fn is_writable(stream: &TcpStream) -> bool {
    let mut looked_at = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
    poll(&mut looked_at, PollTimeout::ZERO).is_ok_and(|count| count > 0)
}

/// Calls `write(2)` once; returns what is left to be written.
fn write_some<'a>(
    mut stream: &TcpStream,
    bytes: &'a [u8],
) -> io::Result<&'a [u8]> {
    match stream.write(bytes) {
        Ok(count) => Ok(&bytes[count..]),
        // Not repeated here: the time that has passed counts.
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(bytes),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use socket2::SockRef;

    use super::*;

    /// More than the send buffer of a [`pair`] and the peer's buffer hold.
    static LOTS: [u8; 1 << 20] = [b'x'; 1 << 20];

    /// A connection with a small send buffer: what writes, and its peer.
    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let peer = listener.local_addr().and_then(TcpStream::connect);
        let (stream, _) = listener.accept().expect("accept");
        SockRef::from(&stream)
            .set_send_buffer_size(1)
            .expect("small buffer");
        (stream, peer.expect("connect"))
    }

    #[test]
    fn what_there_is_room_for_is_written_although_the_time_is_over() {
        let (stream, peer) = pair();
        // As after a stop: the clock has gone on, and the peer has read.
        let over = Instant::now();
        write_until(over, &stream, b"pong").expect("written");
        drop(stream);
        let answer = io::read_to_string(peer).expect("answer");
        assert_eq!(answer, "pong");
    }

    #[test]
    fn what_there_is_no_room_for_is_not_waited_for_when_the_time_is_over() {
        let (stream, peer) = pair();
        let over = Instant::now();
        let error = write_until(over, &stream, &LOTS).expect_err("no room");
        assert!(is_timeout(&error), "{error}");
        // The buffers are full now.
        let error = write_until(over, &stream, b"pong").expect_err("no room");
        assert!(is_timeout(&error), "{error}");
        drop(peer);
    }
}
