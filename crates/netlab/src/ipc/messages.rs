//! Message passing: nothing is shared, what is sent changes hands.
//!
//! Here between threads, over [`std::sync::mpsc`]: a message that was sent
//! belongs to the receiver, and the compiler refuses any further use by the
//! sender. So there is nothing to lock, although the memory is the same. MPI,
//! Erlang and RMI do the same between processes, over one of the mechanisms of
//! the other files, and copy. In a channel of threads nothing is copied but
//! the small head of the message: three words of a `Vec`, whatever its length.
//! Leaves nothing behind: the thread ends when the other end is dropped, and is
//! joined.
//!
//! `queue.rs` lets the system keep the messages.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::LIMIT;
use super::measured::Measured;
use super::refusal::explain;
use super::rounds::{PING, PONG, Rounds, expect_pong, is_ping};
use super::volume::Volume;

pub(super) const NAME: &str = "Обмен сообщениями";

/// How many messages may wait; who sends one more waits itself.
const ROOM: usize = 8;

/// Sends «ping» to another thread and waits for «pong», `rounds` times.
///
/// The other side is a thread and not a process. Each side sleeps until the
/// other one has sent, which is a [`futex(2)`], so a round costs about as much
/// as one between processes.
///
/// [`futex(2)`]: https://man7.org/linux/man-pages/man2/futex.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - The thread cannot be started.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::messages::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Sends `bytes` bytes to another thread, in vectors of 64 KiB.
///
/// Each vector is filled by the sender, which is the only copy, moves, and is
/// freed by the receiver. The clock stops when the receiver has answered how
/// many bytes it was given.
///
/// # Errors
///
/// - `InvalidInput`: `bytes` is zero or more than 1 GiB.
/// - Otherwise the same as [`ping_pong`].
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::messages::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (to_other, from_here) = sync_channel(ROOM);
    let (to_here, from_other) = sync_channel(ROOM);
    thread::scope(|scope| {
        thread::Builder::new()
            .name("netlab-ipc".to_owned())
            .spawn_scoped(scope, move || answer(&from_here, &to_here))
            .map_err(explain("clone"))?;
        // Moved in, and so dropped before the scope waits for the thread.
        let to_other = to_other;
        rounds.run(NAME, || {
            to_other.send(PING).map_err(|_| gone())?;
            expect_pong(from_other.recv_timeout(LIMIT).map_err(|_| gone())?)
        })
    })
}

/// The other thread of the ping-pong: until nobody can send any more.
fn answer(from_here: &Receiver<[u8; 4]>, to_here: &SyncSender<[u8; 4]>) {
    for message in from_here {
        let reply = if matches!(is_ping(message), Ok(true)) {
            PONG
        } else {
            message
        };
        if to_here.send(reply).is_err() {
            return;
        }
    }
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (to_other, from_here) = sync_channel(ROOM);
    let (to_here, from_other) = sync_channel(ROOM);
    thread::scope(|scope| {
        thread::Builder::new()
            .name("netlab-ipc".to_owned())
            .spawn_scoped(scope, move || count(&from_here, &to_here))
            .map_err(explain("clone"))?;
        let sent = volume
            .send(|piece| to_other.send(piece.to_vec()).map_err(|_| gone()))?;
        // The last sender: the loop of the receiver ends.
        drop(to_other);
        let arrived = from_other.recv_timeout(LIMIT).map_err(|_| gone())?;
        sent.confirmed(NAME, arrived)
    })
}

/// The other thread of the stream.
fn count(from_here: &Receiver<Vec<u8>>, to_here: &SyncSender<u64>) {
    let arrived = from_here.iter().map(|piece| piece.len() as u64).sum();
    // Nobody may want to know any more.
    let _ = to_here.send(arrived);
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "другой поток не отвечает")
}
