//! Locks, the deadlock detector and the cures.

use std::io::{self, ErrorKind};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use netlab::lock::{self, Deadlock, Named, Semaphore, Strategy, accounts};

use crate::scenario::WATCHDOG;

/// Runs something that must not hang.
#[track_caller]
fn in_time<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, done) = mpsc::channel();
    let thread = thread::spawn(move || sender.send(body()));
    match done.recv_timeout(WATCHDOG) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = thread.join().expect_err("it has panicked");
            panic::resume_unwind(panic)
        }
    }
}

/// Waits until somebody waits for the lock of this name.
fn wait_for_waiters(lock: &str, waiters: usize) {
    let deadline = Instant::now() + WATCHDOG;
    while lock::waits().waiters(lock).len() < waiters {
        assert!(Instant::now() < deadline, "nobody waits for {lock}");
        thread::yield_now();
    }
}

/// Threads that take one lock each and then that of the next: a circle.
fn circle(names: &'static [&'static str]) -> Vec<Result<(), Deadlock>> {
    let locks: Arc<Vec<Named<()>>> =
        Arc::new(names.iter().map(|name| Named::new(*name, ())).collect());
    let both = Arc::new(Barrier::new(names.len()));
    let threads: Vec<_> = (0..names.len())
        .map(|own| {
            let (locks, both) = (Arc::clone(&locks), Arc::clone(&both));
            thread::Builder::new()
                .name(format!("поток у {}", names[own]))
                .spawn(move || {
                    let _first = locks[own].lock()?;
                    both.wait();
                    let _second = locks[(own + 1) % locks.len()].lock()?;
                    Ok(())
                })
                .expect("threads start")
        })
        .collect();
    let join = |thread: thread::JoinHandle<_>| thread.join().expect("no panic");
    threads.into_iter().map(join).collect()
}

#[test]
fn two_threads_in_a_circle_are_named_with_their_locks() {
    let ends = in_time(|| circle(&["вилка 1", "вилка 2"]));
    let failed: Vec<_> = ends.into_iter().filter_map(Result::err).collect();
    let [deadlock] = failed.as_slice() else {
        panic!("one of the two gets the error: {failed:?}");
    };
    assert_eq!(deadlock.circle.len(), 2);
    for wait in &deadlock.circle {
        let own = wait.thread.strip_prefix("поток у ").expect("its name");
        assert_eq!(wait.holds, [own]);
        assert_ne!(wait.wants, own);
        assert_eq!(wait.owner, format!("поток у {}", wait.wants));
    }
    let text = deadlock.to_string();
    for named in [
        "поток «поток у вилка 1» держит «вилка 1» и ждёт «вилка 2»",
        "поток «поток у вилка 2» держит «вилка 2» и ждёт «вилка 1»",
        "вместо вечного ожидания",
    ] {
        let text = text.replace("\n    ", " ").replace('\n', " ");
        assert!(text.contains(named), "{text}");
    }
}

#[test]
fn circle_of_five_philosophers_is_found_once() {
    let names = &["стол 1", "стол 2", "стол 3", "стол 4", "стол 5"];
    let ends = in_time(move || circle(names));
    let failed: Vec<_> = ends.into_iter().filter_map(Result::err).collect();
    assert_eq!(failed.len(), 1, "the others go on: {failed:?}");
    assert_eq!(failed[0].circle.len(), 5);
    assert!(failed[0].to_string().lines().count() <= 14);
}

#[test]
fn own_lock_twice_is_refused_and_the_first_is_kept() {
    let (text, kind, value) = in_time(|| {
        let account = Named::new("счёт дважды", 7);
        let guard = account.lock().expect("free");
        let deadlock = account.lock().expect_err("own lock");
        let value = *guard;
        drop(guard);
        drop(account.lock().expect("free again"));
        let text = deadlock.to_string();
        (text, io::Error::from(deadlock).kind(), value)
    });
    assert!(text.contains("ждал бы сам себя"), "{text}");
    assert_eq!((kind, value), (ErrorKind::Deadlock, 7));
}

#[test]
fn thread_without_a_name_gets_a_number() {
    let text = in_time(|| {
        let account = Named::new("счёт без имени", ());
        let _guard = account.lock().expect("free");
        account.lock().expect_err("own lock").to_string()
    });
    assert!(text.contains("поток «№ "), "{text}");
}

#[test]
fn waiting_thread_is_in_the_table_and_gets_the_lock() {
    in_time(|| {
        let account = Arc::new(Named::new("счёт в таблице", 1));
        let guard = account.lock().expect("free");
        let other = {
            let account = Arc::clone(&account);
            thread::Builder::new()
                .name("ждущий".to_owned())
                .spawn(move || *account.lock().expect("no circle") += 1)
                .expect("threads start")
        };
        wait_for_waiters("счёт в таблице", 1);
        let waits = lock::waits();
        assert_eq!(waits.waiters("счёт в таблице"), ["ждущий"]);
        assert!(waits.owner("счёт в таблице").is_some());
        assert!(waits.to_string().starts_with("замок"), "{waits}");
        drop(guard);
        other.join().expect("no panic");
        assert_eq!(*account.lock().expect("free"), 2);
        assert_eq!(lock::waits().owner("счёт в таблице"), None);
    });
}

#[test]
fn lock_that_is_dropped_leaves_the_table() {
    let name = "счёт на минуту";
    let account = Named::new(name, ());
    assert!(lock::waits().to_string().contains("счёт"));
    drop(account);
    assert!(lock::waits().waiters(name).is_empty());
    assert!(!lock::waits().to_string().contains(name));
}

#[test]
fn lock_of_a_thread_that_panicked_is_free_again() {
    let account = Arc::new(Named::new("счёт с паникой", 5));
    let other = Arc::clone(&account);
    let panicked = thread::spawn(move || {
        let _guard = other.lock().expect("free");
        panic::resume_unwind(Box::new("why"));
    });
    panicked.join().expect_err("the panic");
    assert_eq!(in_time(move || *account.lock().expect("free")), 5);
}

#[test]
fn many_threads_on_one_lock_all_get_it() {
    let sum = in_time(|| {
        let account = Named::new("счёт для всех", 0_u64);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        *account.lock().expect("no circle") += 1;
                    }
                });
            }
        });
        account.into_inner()
    });
    assert_eq!(sum, 4000);
}

#[test]
fn duel_in_call_order_always_ends_in_a_deadlock() {
    for _ in 0..20 {
        let duel = in_time(|| lock::duel(Strategy::InCallOrder, 100))
            .expect("threads start");
        let deadlock = duel.deadlock().expect("a deadlock");
        assert_eq!(deadlock.circle.len(), 2);
        assert_eq!(duel.total(), (2000, 2000), "no money is lost");
        let text = duel.to_string();
        for named in ["«A→B»", "«B→A»", "«счёт A»", "«счёт B»"]
        {
            assert!(text.contains(named), "{text}");
        }
        assert!(text.lines().count() <= 14, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn cures_make_every_transfer_and_lose_no_money() {
    for strategy in [
        Strategy::InFixedOrder,
        Strategy::WithTryLock,
        Strategy::UnderOneLock,
    ] {
        let duel = lock::duel(strategy, 500).expect("threads start");
        assert_eq!(duel.deadlock(), None, "{duel}");
        assert_eq!(duel.transfers(), 1000, "{duel}");
        assert_eq!(duel.total(), (2000, 2000), "{duel}");
        assert!(duel.to_string().contains("быть не может"), "{duel}");
    }
}

#[test]
fn giving_way_is_seen_at_least_once() {
    // Both take their first lock before either asks for the second.
    let duel = lock::duel(Strategy::WithTryLock, 10).expect("threads start");
    assert!(duel.retries() > 0, "{duel}");
}

#[test]
fn transfer_to_the_same_account_is_a_deadlock_and_moves_nothing() {
    in_time(|| {
        let account = Named::new("счёт сам себе", 100);
        accounts::transfer_in_call_order(&account, &account, 1)
            .expect_err("own lock");
        accounts::transfer_in_fixed_order(&account, &account, 1)
            .expect_err("own lock");
        let tried = accounts::transfer_with_try_lock(&account, &account, 1, 3);
        assert_eq!(tried, Ok(None));
        assert_eq!(account.into_inner(), 100);
    });
}

#[test]
fn semaphore_lets_in_as_many_as_it_has_permits() {
    in_time(|| {
        let semaphore = Semaphore::new(3);
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _permit = semaphore.acquire();
                        let now = inside.fetch_add(1, Ordering::Relaxed) + 1;
                        assert!(now <= 3, "{now} inside");
                        inside.fetch_sub(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(semaphore.available(), 3);
    });
}

#[test]
fn cost_is_measured_four_ways_and_the_sums_are_right() {
    let cost = lock::cost(2, 100_000).expect("threads start");
    for time in [
        cost.lock_per_increment(),
        cost.fetch_add(),
        cost.lock_per_thread(),
        cost.local_sum(),
    ] {
        assert!(time > Duration::ZERO, "{cost}");
    }
    let text = cost.to_string();
    assert!(text.contains("Все четыре итога верны"), "{text}");
    assert!(text.lines().count() <= 14, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn times_that_are_too_short_are_not_compared() {
    let cost = lock::cost(1, 1).expect("threads start");
    assert!(cost.to_string().contains("слишком малы"), "{cost}");
}

#[test]
fn numbers_without_sense_are_refused() {
    for result in [
        lock::duel(Strategy::InFixedOrder, 0).map(drop),
        lock::duel(Strategy::InFixedOrder, 1_000_001).map(drop),
        lock::cost(0, 10).map(drop),
        lock::cost(65, 10).map(drop),
        lock::cost(2, 0).map(drop),
        lock::cost(2, u64::MAX).map(drop),
    ] {
        let error = result.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}
