//! Flushes the standard output of the cells, so that progress is seen without
//! a newline. In a thread of its own: a cell may hold the lock of its standard
//! output for as long as it likes, and then only this thread waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{hooks, state};

/// How often, while a cell runs.
const EVERY: Duration = Duration::from_millis(50);

/// How long the end of a run waits for a flush that waits for the lock.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long it waits for the thread itself, on a machine that is very busy.
const BUSY: Duration = Duration::from_secs(2);

/// How long `fork` waits for a flush to end.
const BEFORE_FORK: Duration = Duration::from_millis(20);

static FLUSHES: Mutex<Flushes> = Mutex::new(Flushes {
    asked: 0,
    done: 0,
    since: None,
});
static ASKED: Condvar = Condvar::new();
static DONE: Condvar = Condvar::new();

/// Set while the lock of the standard output may be held by this thread: a
/// process forked off then could never print.
static FLUSHING: AtomicBool = AtomicBool::new(false);
static FORKING: AtomicBool = AtomicBool::new(false);

struct Flushes {
    asked: u64,
    done: u64,
    /// Since when the current one waits for the lock.
    since: Option<Instant>,
}

/// Starts the thread.
pub(super) fn start() {
    let started = thread::Builder::new()
        .name("kernel-flush".into())
        .spawn(run);
    // Without it unfinished lines come later; that is no reason to stop.
    drop(started);
}

fn run() {
    // What it writes belongs to the stream of the running cell.
    state::become_main();
    loop {
        let mut flushes = lock();
        while flushes.asked == flushes.done && !state::running() {
            flushes =
                ASKED.wait(flushes).unwrap_or_else(PoisonError::into_inner);
        }
        if flushes.asked == flushes.done {
            flushes = ASKED
                .wait_timeout(flushes, EVERY)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let asked = flushes.asked;
        flushes.since = Some(Instant::now());
        drop(flushes);

        FLUSHING.store(true, Ordering::SeqCst);
        if !FORKING.load(Ordering::SeqCst) {
            hooks::flush_stdout();
        }
        FLUSHING.store(false, Ordering::SeqCst);

        let mut flushes = lock();
        flushes.done = asked;
        flushes.since = None;
        DONE.notify_all();
    }
}

/// Wakes the thread: a run begins.
pub(super) fn run_begins() {
    ASKED.notify_one();
}

/// Flushes, unless somebody keeps the standard output locked.
pub(super) fn now() {
    if !hooks::installed() {
        return;
    }
    let mut flushes = lock();
    flushes.asked += 1;
    let wanted = flushes.asked;
    ASKED.notify_one();
    let start = Instant::now();
    while flushes.done < wanted && start.elapsed() < BUSY {
        // Whoever has held the lock for long will not give it up just now.
        if flushes
            .since
            .is_some_and(|since| since.elapsed() > PATIENCE)
        {
            return;
        }
        flushes = DONE
            .wait_timeout(flushes, PATIENCE / 10)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

/// Before `fork(2)`: lets no flush begin, and waits for the current one.
pub(super) fn before_fork() {
    FORKING.store(true, Ordering::SeqCst);
    let start = Instant::now();
    while FLUSHING.load(Ordering::SeqCst) && start.elapsed() < BEFORE_FORK {
        thread::yield_now();
    }
}

/// After `fork(2)`, in the process that forked.
pub(super) fn after_fork() {
    FORKING.store(false, Ordering::SeqCst);
}

fn lock() -> MutexGuard<'static, Flushes> {
    FLUSHES.lock().unwrap_or_else(PoisonError::into_inner)
}
