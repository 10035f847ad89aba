//! The lock of the interpreter and the loops that run under it.

use std::sync::Arc;

use loom::thread;

use crate::{fails, passes};

mod sync {
    pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
    pub(super) use std::sync::Arc;

    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use loom::thread::{ThreadId, current};
}

#[path = "../../src/gil/handover.rs"]
#[expect(unreachable_pub, reason = "public in the crate")]
mod handover;

#[path = "../../src/gil/interpreter.rs"]
mod interpreter;

use handover::{Gil, Holder};
use sync::{AtomicU64, Ordering};

/// Two threads run a body under one lock.
fn two(
    switch_every: u64,
    body: impl Fn(&Gil, &AtomicU64) + Copy + Send + 'static,
) -> u64 {
    let shared = Arc::new((
        Gil::new(switch_every).expect("not zero"),
        AtomicU64::new(0),
    ));
    let other = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || body(&shared.0, &shared.1))
    };
    body(&shared.0, &shared.1);
    other.join().expect("no panic");
    assert_eq!(shared.0.waiting(), 0, "a thread was forgotten");
    shared.1.load(Ordering::Relaxed)
}

#[test]
fn only_the_holder_runs_and_everybody_gets_through() {
    let tried = passes(|| {
        two(1, |gil, running| {
            let mut holder = gil.enter();
            for _ in 0..2 {
                let others = running.fetch_add(1, Ordering::Relaxed);
                assert_eq!(others, 0, "two threads run at once");
                running.fetch_sub(1, Ordering::Relaxed);
                let switches = gil.switches();
                let switched = holder.tick();
                assert!(!switched || gil.switches() > switches);
            }
        });
    });
    assert!(tried > 1);
}

#[test]
fn python_up_to_39_loses_an_update_under_its_lock() {
    let why = fails(|| {
        let num = two(1, |gil, num| {
            interpreter::up_to_39(gil, num, 1);
        });
        assert_eq!(num, 2, "an update is lost");
    });
    assert!(why.contains("an update is lost"), "{why}");
}

#[test]
fn python_from_310_loses_nothing_in_a_loop() {
    let tried = passes(|| {
        let num = two(1, |gil, num| {
            interpreter::from_310(gil, num, 2);
        });
        assert_eq!(num, 4, "an update is lost");
    });
    assert!(tried > 1);
}

#[test]
fn python_without_the_lock_loses_an_update() {
    let why = fails(|| {
        let num = two(1, |_, num| interpreter::free_threaded(num, 1));
        assert_eq!(num, 2, "an update is lost");
    });
    assert!(why.contains("an update is lost"), "{why}");
}
