//! One counter, five ways to add to it.
//!
//! The first is broken, the others are not; the difference is one line each.
//! The model check compiles this very file against loom.

use std::hint::black_box;

use super::sync::{AtomicU64, Mutex, Ordering};

/// Broken: loads, adds, stores.
///
/// What another thread has stored between the two accesses is overwritten.
pub(crate) fn load_store(memory: &AtomicU64, increments: u64) {
    for _ in 0..increments {
        let register = memory.load(Ordering::Relaxed);
        memory.store(register + 1, Ordering::Relaxed);
    }
}

/// Adds in one action that nothing can come between.
///
/// `Relaxed` is enough: the counter orders nothing but itself, and the threads
/// are joined before anybody reads it.
pub(crate) fn fetch_add(memory: &AtomicU64, increments: u64) {
    for _ in 0..increments {
        memory.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes a lock for every increment, as the lecture does.
pub(crate) fn locked(memory: &Mutex<u64>, increments: u64) {
    for _ in 0..increments {
        // Poisoned only if a thread panicked between the two: none does.
        *memory.lock().unwrap() += 1;
    }
}

/// Takes the lock once: the threads add one after another.
pub(crate) fn locked_once(memory: &Mutex<u64>, increments: u64) {
    let mut number = memory.lock().unwrap();
    for _ in 0..increments {
        // Without `black_box` the compiler makes one addition of the loop, and
        // there is nothing to measure.
        *number = black_box(*number + 1);
    }
}

/// Shares nothing while it counts, and adds once at the end.
pub(crate) fn per_thread(memory: &AtomicU64, increments: u64) {
    let mut own = 0;
    for _ in 0..increments {
        own = black_box(own + 1);
    }
    memory.fetch_add(own, Ordering::Relaxed);
}
