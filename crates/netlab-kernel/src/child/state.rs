//! Which cell runs, which one is being interrupted, and whose a thread is.
//!
//! All of it is read inside interposed system calls, some of it in a signal
//! handler: atomics and plain thread-locals, no locks.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::channel::ThreadOutput;

/// Whether the interposed calls do more than pass through: true in the child
/// that runs the cells, false in the front end and in everything forked.
static ACTIVE: AtomicBool = AtomicBool::new(false);

/// The cell that runs or ran last.
static CURRENT: AtomicU64 = AtomicU64::new(0);

/// Whether a cell's code runs at this moment.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// The cell whose blocking calls are being cancelled, or 0.
static INTERRUPTED: AtomicU64 = AtomicU64::new(0);

/// Whether the output of threads goes to the current cell.
static TO_CURRENT: AtomicBool = AtomicBool::new(false);

thread_local! {
    // Constant and without a destructor: these can be read in a signal
    // handler and while the thread ends.
    static CELL: Cell<u64> = const { Cell::new(0) };
    static MAIN: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

pub(super) fn set_active(active: bool) {
    ACTIVE.store(active, Ordering::Relaxed);
}

/// Makes the calling thread the one that runs the cells, or one that speaks
/// for it (the one that flushes its standard output).
pub(super) fn become_main() {
    MAIN.set(true);
}

pub(super) fn is_main() -> bool {
    MAIN.get()
}

/// Makes `cell` the current one for the runs that follow.
pub(super) fn announce(cell: u64) {
    CURRENT.store(cell, Ordering::SeqCst);
}

pub(super) fn current() -> u64 {
    CURRENT.load(Ordering::SeqCst)
}

/// Says that the calling thread runs the current cell from now on.
pub(super) fn enter_run() {
    CELL.set(current());
    RUNNING.store(true, Ordering::SeqCst);
}

/// Says that the run is over.
pub(super) fn leave_run() {
    RUNNING.store(false, Ordering::SeqCst);
    CELL.set(0);
}

pub(super) fn running() -> bool {
    RUNNING.load(Ordering::SeqCst)
}

/// The cell in which the calling thread was born; 0 for threads of our own.
pub(super) fn birth_cell() -> u64 {
    CELL.get()
}

/// Gives a new thread to the cell that started it.
pub(super) fn set_birth_cell(cell: u64) {
    CELL.set(cell);
}

/// To which cell the calling thread's output belongs.
pub(super) fn output_cell() -> u64 {
    match CELL.get() {
        cell if cell != 0 && !TO_CURRENT.load(Ordering::Relaxed) => cell,
        _ => current(),
    }
}

pub(super) fn set_thread_output(to: ThreadOutput) {
    TO_CURRENT.store(to == ThreadOutput::CurrentCell, Ordering::Relaxed);
}

pub(super) fn set_interrupted(cell: u64) {
    INTERRUPTED.store(cell, Ordering::SeqCst);
}

/// Ends the interrupt of `cell` unless another one has begun since.
pub(super) fn clear_interrupted(cell: u64) {
    let _ = INTERRUPTED.compare_exchange(
        cell,
        0,
        Ordering::SeqCst,
        Ordering::SeqCst,
    );
}

pub(super) fn interrupted() -> u64 {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Whether the calling thread belongs to the cell that is being interrupted.
pub(super) fn is_interrupted() -> bool {
    let cell = CELL.get();
    cell != 0 && active() && cell == interrupted()
}
