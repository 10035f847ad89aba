//! Output that waits a moment for more: a packet for every line would cost
//! ten times what the line costs.
//!
//! The first output after a pause goes out at once. What follows within
//! [`PAUSE`] is collected; a thread sends it when the pause is over, the
//! writer itself when there is much of it, and every other message sends it
//! first.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::super::state;
use super::send_output;
use crate::channel::Stream;

/// Too short to be seen.
const PAUSE: Duration = Duration::from_millis(3);

/// Enough for one packet.
const MUCH: usize = 48 * 1024;

static PENDING: Mutex<Pending> = Mutex::new(Pending {
    cell: 0,
    stream: Stream::Stdout,
    bytes: Vec::new(),
    sent: None,
});
static BEGUN: Condvar = Condvar::new();

struct Pending {
    cell: u64,
    stream: Stream,
    bytes: Vec<u8>,
    /// When output was sent last.
    sent: Option<Instant>,
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Says that the calling thread is in here, where it holds a lock: a signal
/// handler that prints must not wait for it.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        (!INSIDE.replace(true)).then_some(Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

/// Starts the thread that sends what was collected.
pub(in super::super) fn start() -> std::io::Result<()> {
    // Never more than this: a handler that prints must not allocate, since it
    // may have interrupted the allocator.
    lock().bytes.reserve_exact(2 * MUCH);
    thread::Builder::new()
        .name("kernel-output".into())
        .spawn(|| {
            let mut pending = lock();
            loop {
                while pending.bytes.is_empty() {
                    pending = BEGUN
                        .wait(pending)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                drop(pending);
                thread::sleep(PAUSE);
                pending = lock();
                pending.send();
            }
        })
        .map(drop)
}

/// Takes output of the calling thread.
pub(in super::super) fn output(stream: Stream, bytes: &[u8]) {
    let cell = state::output_cell();
    let Some(_inside) = Inside::enter() else {
        return send_output(cell, stream, bytes);
    };
    let mut pending = lock();
    if pending.cell != cell || pending.stream != stream {
        pending.send();
        pending.cell = cell;
        pending.stream = stream;
    }
    if pending.bytes.is_empty() {
        let rested = |sent: Instant| sent.elapsed() > PAUSE;
        if bytes.len() >= MUCH || pending.sent.is_none_or(rested) {
            send_output(cell, stream, bytes);
            pending.sent = Some(Instant::now());
            return;
        }
        BEGUN.notify_one();
    }
    pending.bytes.extend_from_slice(bytes);
    if pending.bytes.len() >= MUCH {
        pending.send();
    }
}

/// Sends what was collected, then does `work` before anything else is sent.
pub(super) fn ahead_of(work: impl FnOnce()) {
    let Some(_inside) = Inside::enter() else {
        return work();
    };
    let mut pending = lock();
    pending.send();
    work();
}

/// Sends what was collected: the process ends.
pub(in super::super) fn flush() {
    ahead_of(|| {});
}

/// Sends what was collected if that is possible in a signal handler.
pub(in super::super) fn flush_in_handler() {
    if let Ok(pending) = PENDING.try_lock() {
        send_output(pending.cell, pending.stream, &pending.bytes);
    }
}

impl Pending {
    fn send(&mut self) {
        if !self.bytes.is_empty() {
            send_output(self.cell, self.stream, &self.bytes);
            self.bytes.clear();
            self.sent = Some(Instant::now());
        }
    }
}

fn lock() -> MutexGuard<'static, Pending> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}
