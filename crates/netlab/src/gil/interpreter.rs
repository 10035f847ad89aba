//! The loop `for _ in range(n): num += 1`, as versions of Python run it.
//!
//! A pass consists of four instructions: load the global, add, store it, jump
//! back. (The real byte code has a few more, which touch nothing shared.) The
//! functions differ only in where the lock may change hands. The model check
//! compiles this very file against loom.

use std::hint::black_box;

use super::sync::{AtomicU64, Ordering};
use super::{Gil, Holder};

/// Up to 3.9: between any two instructions.
///
/// Returns how often another thread ran between a load and its store.
pub(super) fn up_to_39(gil: &Gil, num: &AtomicU64, passes: u64) -> u64 {
    let mut holder = gil.enter();
    let mut torn = 0;
    for _ in 0..passes {
        let register = num.load(Ordering::Relaxed); // LOAD_GLOBAL
        let after_load = holder.tick();
        let register = register + 1; // INPLACE_ADD
        let after_add = holder.tick();
        num.store(register, Ordering::Relaxed); // STORE_GLOBAL
        holder.tick();
        holder.tick(); // JUMP_ABSOLUTE
        torn += u64::from(after_load || after_add);
    }
    torn
}

/// From 3.10: only at the jump back.
pub(super) fn from_310(gil: &Gil, num: &AtomicU64, passes: u64) -> u64 {
    let mut holder: Holder<'_> = gil.enter();
    for _ in 0..passes {
        let register = num.load(Ordering::Relaxed);
        let register = register + 1;
        num.store(register, Ordering::Relaxed);
        holder.spend(4);
        holder.offer();
    }
    0
}

/// The free-threaded build: there is no lock.
pub(super) fn free_threaded(num: &AtomicU64, passes: u64) {
    for _ in 0..passes {
        let register = num.load(Ordering::Relaxed);
        dispatch();
        let register = register + 1;
        dispatch();
        num.store(register, Ordering::Relaxed);
        dispatch();
    }
}

/// The way to the next instruction.
///
/// An interpreter needs tens of nanoseconds for it. Without this a thread would
/// be done with a million passes in a millisecond, before the next one begins.
fn dispatch() {
    for step in 0..3 {
        black_box(step);
    }
}
