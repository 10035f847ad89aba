//! Both sides of a conversation in bytes, whatever carries them.
//!
//! Pipes and sockets differ in how one gets their ends and in how one says that
//! there is no more to come. In between they are read and written alike, and
//! that part is here, once for `pipe.rs`, `fifo.rs`, `unix.rs` and `tcp.rs`.
//!
//! The parent's ends do not block, so that it can look after the child; the
//! child simply blocks. What runs in the child does not allocate.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use super::measured::Measured;
use super::partner::Partner;
use super::rounds::{OVER, PING, PONG, Rounds, expect_pong, is_ping};
use super::volume::{CHUNK, Sent, Volume};

/// The parent of a ping-pong.
pub(super) fn ask(
    child: &Partner,
    to_child: impl AsFd,
    from_child: impl AsFd,
    rounds: Rounds,
    mechanism: &'static str,
) -> io::Result<Measured> {
    let measured = rounds.run(mechanism, || {
        child.write_all(&to_child, &PING)?;
        let mut reply = [0; 4];
        child.read_exact(&from_child, &mut reply)?;
        expect_pong(reply)
    })?;
    child.write_all(&to_child, &OVER)?;
    Ok(measured)
}

/// The child of a ping-pong.
pub(super) fn answer(
    mut from_parent: impl Read,
    mut to_parent: impl Write,
) -> io::Result<()> {
    loop {
        // A stream has no borders between messages: four bytes may come in
        // two reads, and `read_exact` puts them together.
        let mut message = [0; 4];
        from_parent.read_exact(&mut message)?;
        if !is_ping(message)? {
            return Ok(());
        }
        to_parent.write_all(&PONG)?;
    }
}

/// The parent of a stream. The caller then says that this was all, by closing
/// its end, and asks how much has [arrived].
pub(super) fn send(
    child: &Partner,
    to_child: impl AsFd,
    volume: Volume,
) -> io::Result<Sent> {
    volume.send(|piece| child.write_all(&to_child, piece))
}

/// The parent's last question: how many bytes the child has read.
pub(super) fn arrived(
    child: &Partner,
    from_child: impl AsFd,
) -> io::Result<u64> {
    let mut number = [0; 8];
    child.read_exact(from_child, &mut number)?;
    Ok(u64::from_ne_bytes(number))
}

/// The child of a stream.
pub(super) fn count(
    mut from_parent: impl Read,
    mut to_parent: impl Write,
) -> io::Result<()> {
    let mut buffer = [0; CHUNK];
    let mut arrived = 0_u64;
    loop {
        match from_parent.read(&mut buffer)? {
            0 => return to_parent.write_all(&arrived.to_ne_bytes()),
            n => arrived += n as u64,
        }
    }
}
