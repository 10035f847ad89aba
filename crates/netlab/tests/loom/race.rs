//! The lost update, in every schedule.

use std::sync::Arc;

use loom::thread;

use crate::{fails, passes};

mod sync {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
}

#[path = "../../src/race/lost_update.rs"]
mod lost_update;

use sync::{AtomicU64, Mutex, Ordering};

const INCREMENTS: u64 = 2;

/// Two threads count; the sum must be right.
fn atomic(add: fn(&AtomicU64, u64)) -> impl Fn() + Sync + Send + 'static {
    move || {
        let memory = Arc::new(AtomicU64::new(0));
        let other = {
            let memory = Arc::clone(&memory);
            thread::spawn(move || add(&memory, INCREMENTS))
        };
        add(&memory, INCREMENTS);
        other.join().expect("no panic");
        let sum = memory.load(Ordering::Relaxed);
        assert_eq!(sum, 2 * INCREMENTS, "an update is lost");
    }
}

fn locked(add: fn(&Mutex<u64>, u64)) -> impl Fn() + Sync + Send + 'static {
    move || {
        let memory = Arc::new(Mutex::new(0));
        let other = {
            let memory = Arc::clone(&memory);
            thread::spawn(move || add(&memory, INCREMENTS))
        };
        add(&memory, INCREMENTS);
        other.join().expect("no panic");
        let sum = *memory.lock().expect("not poisoned");
        assert_eq!(sum, 2 * INCREMENTS, "an update is lost");
    }
}

#[test]
fn load_and_store_lose_an_update() {
    let why = fails(atomic(lost_update::load_store));
    assert!(why.contains("an update is lost"), "{why}");
}

#[test]
fn fetch_add_loses_nothing() {
    assert!(passes(atomic(lost_update::fetch_add)) > 1);
}

#[test]
fn sum_per_thread_loses_nothing() {
    assert!(passes(atomic(lost_update::per_thread)) > 1);
}

#[test]
fn lock_per_increment_loses_nothing() {
    assert!(passes(locked(lost_update::locked)) > 1);
}

#[test]
fn lock_per_thread_loses_nothing() {
    assert!(passes(locked(lost_update::locked_once)) > 1);
}
