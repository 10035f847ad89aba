//! Cancels the blocking calls of a cell.
//!
//! The variables of all earlier cells lie in the frame of the running one, so
//! the only way to keep them is to make that frame return. Each blocking call
//! of its threads fails with `ECANCELED` or panics, until the cell ends. Waits
//! for a lock or a channel can't be cancelled, but they end when the threads
//! that they wait for do. Threads of earlier cells are left alone.

// Signals to threads.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::activity::Samples;
use super::{hooks, real, report, state, threads};
use crate::channel::FromChild;

/// A thread may pass the check and block just before the signal, so the
/// signal comes again.
const AGAIN: Duration = Duration::from_millis(50);

/// Rounds after the end of the run: threads of the cell that it left behind.
const LAST_ROUNDS: u32 = 4;

/// How long a cell may go on writing: its last words are not cut off, but a
/// loop that prints for ever ends.
const GRACE: Duration = Duration::from_millis(250);

/// From this many failures in a row on, each costs [`BRAKE`].
const SPINNING: u64 = 50;
const BRAKE: Duration = Duration::from_millis(2);

static WANTED: Mutex<Option<u64>> = Mutex::new(None);
static WANT: Condvar = Condvar::new();

/// When the current interrupt began, in milliseconds of [`clock`].
static BEGAN: AtomicU64 = AtomicU64::new(0);

/// Calls cancelled since then.
static CALLS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static IN_A_ROW: Cell<u64> = const { Cell::new(0) };
}

/// A private signal, so that a cell's own handlers of `SIGINT` stay its own.
fn signal() -> c_int {
    libc::SIGRTMAX() - 3
}

/// Prepares the signal and starts the thread that sends it.
pub(super) fn start() -> std::io::Result<()> {
    extern "C" fn only_wake_up(_: c_int) {}
    // SAFETY: all zeros is a valid `sigaction`: an empty mask, and no
    // SA_RESTART, which is the point.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = only_wake_up as *const () as usize;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: the struct lives until the call returns.
    unsafe { libc::sigaction(signal(), &action, std::ptr::null_mut()) };
    thread::Builder::new()
        .name("kernel-stop".into())
        .spawn(send_signals)
        .map(drop)
}

/// Begins to interrupt `cell`, if it is the current one and runs: what a cell
/// that has ended left behind is to stay.
pub(super) fn begin(cell: u64) {
    let runs = state::running() && cell == state::current();
    if !runs || state::interrupted() == cell {
        return;
    }
    BEGAN.store(clock(), Ordering::SeqCst);
    CALLS.store(0, Ordering::SeqCst);
    state::set_interrupted(cell);
    *WANTED.lock().unwrap_or_else(PoisonError::into_inner) = Some(cell);
    WANT.notify_one();
}

fn send_signals() {
    loop {
        let mut wanted = WANTED.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = loop {
            match wanted.take() {
                Some(cell) => break cell,
                None => {
                    wanted = WANT
                        .wait(wanted)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(wanted);
        let mut pause = Duration::from_millis(3);
        let mut rounds_left = LAST_ROUNDS;
        let mut samples = Samples::default();
        while rounds_left > 0 && state::interrupted() == cell {
            let threads = threads::of(cell);
            if !state::running() || state::current() != cell {
                rounds_left -= 1;
            } else if let Some(activity) = samples.take(&threads) {
                // Before the signals, which wake up what waits.
                report::message(&FromChild::StillRuns { cell, activity });
            }
            for thread in threads {
                // SAFETY: no pointers are passed. A thread that is gone is an
                // error without consequences.
                unsafe {
                    libc::syscall(
                        libc::SYS_tgkill,
                        libc::getpid(),
                        thread,
                        signal(),
                    )
                };
            }
            thread::sleep(pause);
            pause = (pause * 2).min(AGAIN);
        }
        state::clear_interrupted(cell);
    }
}

/// Lets the signal through in the calling thread, whatever a cell blocked.
pub(super) fn unblock() {
    // SAFETY: the set is initialised before it is used.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, signal());
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
    }
}

/// Whether a call of this thread must not block now. A thread that unwinds is
/// left alone: an error in a destructor would end the process.
pub(super) fn cancels() -> bool {
    state::is_interrupted() && !hooks::panicking()
}

/// Whether the last words of the cell have taken long enough.
pub(super) fn grace_is_over() -> bool {
    clock().saturating_sub(BEGAN.load(Ordering::SeqCst))
        > GRACE.as_millis() as u64
}

/// Notes that a call succeeded.
pub(super) fn succeeded() {
    IN_A_ROW.set(0);
}

/// Notes that a call was cancelled, and tells the front end now and then.
pub(super) fn cancelled() {
    let calls = CALLS.fetch_add(1, Ordering::SeqCst) + 1;
    let in_a_row = IN_A_ROW.get() + 1;
    IN_A_ROW.set(in_a_row);
    let tenfold =
        |count: u64| (1..=9).any(|exponent| count == 10_u64.pow(exponent));
    if calls == 1 || tenfold(calls) || tenfold(in_a_row) {
        report::message(&FromChild::Cancelled {
            cell: state::interrupted(),
            calls,
            in_a_row,
        });
    }
    if in_a_row > SPINNING {
        let brake = libc::timespec {
            tv_sec: 0,
            tv_nsec: BRAKE.as_nanos() as i64,
        };
        // SAFETY: the struct lives until the call returns.
        unsafe { real::nanosleep(&brake, std::ptr::null_mut()) };
    }
}

/// Milliseconds since the first call.
fn clock() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as u64
}
