//! A mailbox: a place for exactly one message.
//!
//! Who puts waits until the place is empty, who takes waits until it is full.
//! Few systems have it as such (those for small real-time machines do), so here
//! it is made of what threads have: an `Option` in a [`Mutex`], and a
//! [`Condvar`] that wakes who waits for it to change. The message moves in and
//! moves out; nothing is copied but its head, and it has no second owner in
//! between. Leaves nothing behind: it is a value, and the thread is joined.

use std::io;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::LIMIT;
use super::measured::Measured;
use super::refusal::explain;
use super::rounds::{OVER, PING, PONG, Rounds, expect_pong, is_ping};
use super::volume::Volume;

pub(super) const NAME: &str = "Почтовый ящик";

/// A place for one message, for any number of threads.
///
/// # Examples
///
/// ```
/// use netlab::ipc::mailbox::Mailbox;
/// use std::time::Duration;
///
/// let mailbox = Mailbox::new();
/// let soon = Duration::from_millis(1);
/// assert_eq!(mailbox.put("ping", soon), Ok(()));
/// assert_eq!(mailbox.put("one more", soon), Err("one more")); // It is full.
/// assert_eq!(mailbox.take(soon), Some("ping"));
/// assert_eq!(mailbox.take(soon), None); // It is empty.
/// ```
#[derive(Debug)]
pub struct Mailbox<T> {
    place: Mutex<Option<T>>,
    changed: Condvar,
}

impl<T> Mailbox<T> {
    /// Makes an empty mailbox.
    ///
    /// # Examples
    ///
    /// See [`Mailbox`].
    pub const fn new() -> Self {
        Self {
            place: Mutex::new(None),
            changed: Condvar::new(),
        }
    }

    /// Puts a message in, as soon as there is room.
    ///
    /// # Errors
    ///
    /// Gives the message back if there was no room in time.
    ///
    /// # Examples
    ///
    /// See [`Mailbox`].
    pub fn put(&self, message: T, limit: Duration) -> Result<(), T> {
        // Nobody can panic with this lock, so poison would mean nothing.
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(place, limit, |place| place.is_some());
        let (mut place, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if place.is_some() {
            return Err(message);
        }
        *place = Some(message);
        // First the lock: who is woken while it is held only waits again.
        drop(place);
        // All, because one variable serves both sides: a single call could
        // wake another one that wants to put, and then nobody would go on.
        self.changed.notify_all();
        Ok(())
    }

    /// Takes the message out, as soon as there is one; `None` if there was
    /// none in time.
    ///
    /// # Examples
    ///
    /// See [`Mailbox`].
    pub fn take(&self, limit: Duration) -> Option<T> {
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(place, limit, |place| place.is_none());
        let (mut place, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let message = place.take();
        drop(place);
        self.changed.notify_all();
        message
    }
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts «ping» into a mailbox and waits for «pong» in another, `rounds` times.
///
/// The other side is a thread and not a process. Each side sleeps until the
/// other one has changed the place, which is a [`futex(2)`].
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
/// println!("{}", netlab::ipc::mailbox::ping_pong(100)?);
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
/// println!("{}", netlab::ipc::mailbox::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (there, back) = (Mailbox::new(), Mailbox::new());
    thread::scope(|scope| {
        thread::Builder::new()
            .name("netlab-ipc".to_owned())
            .spawn_scoped(scope, || answer(&there, &back))
            .map_err(explain("clone"))?;
        let measured = rounds.run(NAME, || {
            there.put(PING, LIMIT).map_err(|_| late())?;
            expect_pong(back.take(LIMIT).ok_or_else(late)?)
        });
        // Also after an error, or the scope would wait for the thread.
        there.put(OVER, LIMIT).map_err(|_| late())?;
        measured
    })
}

/// The other thread of the ping-pong.
fn answer(there: &Mailbox<[u8; 4]>, back: &Mailbox<[u8; 4]>) {
    while let Some(message) = there.take(LIMIT) {
        if !matches!(is_ping(message), Ok(true)) {
            return;
        }
        if back.put(PONG, LIMIT).is_err() {
            return;
        }
    }
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (there, back) = (Mailbox::new(), Mailbox::new());
    thread::scope(|scope| {
        thread::Builder::new()
            .name("netlab-ipc".to_owned())
            .spawn_scoped(scope, || count(&there, &back))
            .map_err(explain("clone"))?;
        let sent = volume
            .send(|piece| there.put(piece.to_vec(), LIMIT).map_err(|_| late()));
        // An empty letter is the last one.
        there.put(Vec::new(), LIMIT).map_err(|_| late())?;
        sent?.confirmed(NAME, back.take(LIMIT).ok_or_else(late)?)
    })
}

/// The other thread of the stream.
fn count(there: &Mailbox<Vec<u8>>, back: &Mailbox<u64>) {
    let mut arrived = 0;
    while let Some(piece) = there.take(LIMIT) {
        if piece.is_empty() {
            break;
        }
        arrived += piece.len() as u64;
    }
    // Nobody may want to know any more.
    let _ = back.put(arrived, LIMIT);
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "другой поток не отвечает")
}
