//! Transfers between accounts, and the semaphore.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use crate::{fails, passes, passes_within};

mod named;

mod sync {
    pub(super) use loom::sync::{Condvar, Mutex};
    pub(super) use loom::thread::yield_now;

    pub(super) use super::named::{Deadlock, Named};
}

#[path = "../../src/lock/accounts.rs"]
#[expect(unreachable_pub, reason = "public in the crate")]
mod accounts;

#[path = "../../src/lock/semaphore.rs"]
#[expect(unreachable_pub, reason = "public in the crate")]
mod semaphore;

use accounts::Account;
use named::{Deadlock, Named};
use semaphore::Semaphore;

struct Bank {
    gate: Named<()>,
    a: Account,
    b: Account,
}

type Transfer = fn(&Bank, &Account, &Account) -> Result<(), Deadlock>;

/// Two threads move money in opposite directions; none of it must get lost.
fn opposite(transfer: Transfer) -> impl Fn() + Sync + Send + 'static {
    move || {
        let bank = Arc::new(Bank {
            gate: Named::new(0, ()),
            a: Named::new(1, 100),
            b: Named::new(2, 100),
        });
        let other = {
            let bank = Arc::clone(&bank);
            thread::spawn(move || transfer(&bank, &bank.a, &bank.b))
        };
        let Ok(()) = transfer(&bank, &bank.b, &bank.a);
        let Ok(()) = other.join().expect("no panic");
        let balance = |account: &Account| {
            let Ok(balance) = account.lock();
            *balance
        };
        assert_eq!(balance(&bank.a) + balance(&bank.b), 200);
    }
}

#[test]
fn locks_in_call_order_deadlock() {
    let why = fails(opposite(|_, from, to| {
        accounts::transfer_in_call_order(from, to, 10)
    }));
    assert!(why.contains("deadlock"), "{why}");
}

#[test]
fn locks_in_fixed_order_do_not() {
    let tried = passes(opposite(|_, from, to| {
        accounts::transfer_in_fixed_order(from, to, 10)
    }));
    assert!(tried > 1);
}

#[test]
fn giving_way_does_not() {
    let tried = passes(opposite(|_, from, to| {
        accounts::transfer_with_try_lock(from, to, 10, 2).map(drop)
    }));
    assert!(tried > 1);
}

#[test]
fn one_lock_for_all_does_not() {
    let tried = passes(opposite(|bank, from, to| {
        accounts::transfer_under_one_lock(&bank.gate, from, to, 10)
    }));
    assert!(tried > 1);
}

/// So many threads pass a semaphore; at most `allowed` are inside at a time.
fn passing(
    threads: usize,
    permits: usize,
    allowed: usize,
) -> impl Fn() + Sync + Send {
    move || {
        // The counter is std's: it observes, it is not part of the model.
        let shared = Arc::new((Semaphore::new(permits), AtomicUsize::new(0)));
        let pass = move |shared: &(Semaphore, AtomicUsize)| {
            let _permit = shared.0.acquire();
            let inside = shared.1.fetch_add(1, Ordering::Relaxed) + 1;
            assert!(inside <= allowed, "too many inside");
            // Here the others may run.
            shared.0.available();
            shared.1.fetch_sub(1, Ordering::Relaxed);
        };
        let others: Vec<_> = (1..threads)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || pass(&shared))
            })
            .collect();
        pass(&shared);
        others
            .into_iter()
            .for_each(|other| other.join().expect("no panic"));
        assert_eq!(shared.0.available(), permits);
    }
}

#[test]
fn semaphore_never_lets_in_more_than_its_permits() {
    assert!(passes(passing(2, 1, 1)) > 1);
    assert!(passes_within(3, passing(3, 2, 2)) > 1);
}

#[test]
fn check_of_the_semaphore_can_fail() {
    let why = fails(passing(2, 2, 1));
    assert!(why.contains("too many inside"), "{why}");
}

#[test]
fn permit_that_is_refused_is_not_taken() {
    passes(|| {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.try_acquire().expect("one is there");
        assert!(semaphore.try_acquire().is_none());
        drop(permit);
        assert_eq!(semaphore.available(), 1);
    });
}
