//! Two threads that move money in opposite directions.
//!
//! How the end of a duel shows itself is in `outcome.rs`.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::accounts::{self, Account};
use super::deadlock::Deadlock;
use super::meeting::Meeting;
use super::named::Named;
use crate::race::start;
use crate::sentence::grouped;

/// So many transfers for each thread, and no more.
const MOST: u64 = 1_000_000;
/// What is on each account at the beginning.
const BALANCE: i64 = 1000;
/// A duel that is not over by then is stopped between two transfers.
const LIMIT: Duration = Duration::from_secs(5);
/// So long the first to hold a lock waits for the other.
const MEETING: Duration = Duration::from_secs(5);
/// So often a transfer with `try_lock` begins anew before the clock is asked.
const ATTEMPTS: u32 = 100;

/// How a transfer takes its two locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// [`accounts::transfer_in_call_order`]: broken.
    InCallOrder,
    /// [`accounts::transfer_in_fixed_order`].
    InFixedOrder,
    /// [`accounts::transfer_with_try_lock`].
    WithTryLock,
    /// [`accounts::transfer_under_one_lock`].
    UnderOneLock,
}

/// How a duel ended. See [`duel()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duel {
    pub(super) strategy: Strategy,
    pub(super) asked: u64,
    pub(super) made: u64,
    pub(super) retries: u64,
    pub(super) deadlock: Option<Deadlock>,
    pub(super) total: (i64, i64),
    pub(super) elapsed: Duration,
}

/// Lets two threads make `transfers` transfers each between two accounts, one
/// from A to B and the other from B to A.
///
/// In the first transfer both threads take their first lock and wait for each
/// other before they ask for the second, if the strategy allows that both hold
/// one: so the collision is certain, and no matter of luck. With
/// [`Strategy::InCallOrder`] this is the deadlock: one of the threads gets
/// [`Deadlock`], and the duel is over. It takes 5 seconds at most.
///
/// # Errors
///
/// - `InvalidInput`: no transfers, or more than a million.
/// - A thread cannot be started (`EAGAIN`).
///
/// A deadlock is no error but a result.
///
/// # Examples
///
/// ```
/// use netlab::lock::{self, Strategy};
///
/// let broken = lock::duel(Strategy::InCallOrder, 100)?;
/// assert!(broken.deadlock().is_some());
/// println!("{broken}");
///
/// let cured = lock::duel(Strategy::InFixedOrder, 100)?;
/// assert_eq!((cured.deadlock(), cured.transfers()), (None, 200));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn duel(strategy: Strategy, transfers: u64) -> io::Result<Duel> {
    if !(1..=MOST).contains(&transfers) {
        let text = format!(
            "transfers = {transfers}: переводов может быть от 1 до {}",
            grouped(MOST)
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let ring = Ring {
        strategy,
        bank: Named::new("банк", ()),
        meeting: Meeting::default(),
        over: AtomicBool::new(false),
        begin: Instant::now(),
    };
    let (a, b) = (Named::new("счёт A", BALANCE), Named::new("счёт B", BALANCE));
    let ends = thread::scope(|scope| {
        let begin = |name: &str, from, to| {
            let ring = &ring;
            thread::Builder::new()
                .name(name.to_owned())
                .spawn_scoped(scope, move || ring.fight(from, to, transfers))
                .inspect_err(|_| ring.over.store(true, Ordering::Relaxed))
                .map_err(|error| start::no_thread(&error))
        };
        let threads = [begin("A→B", &a, &b)?, begin("B→A", &b, &a)?];
        let ends = threads.map(|thread| thread.join());
        Ok::<_, io::Error>(ends.map(|end| end.expect("a transfer panicked")))
    })?;
    let elapsed = ring.begin.elapsed();
    let mut duel = Duel {
        strategy,
        asked: 2 * transfers,
        made: 0,
        retries: 0,
        deadlock: None,
        total: (2 * BALANCE, a.into_inner() + b.into_inner()),
        elapsed,
    };
    for end in ends {
        duel.made += end.made;
        duel.retries += end.retries;
        duel.deadlock = duel.deadlock.or(end.deadlock);
    }
    Ok(duel)
}

/// What both threads share beside the accounts.
struct Ring {
    strategy: Strategy,
    bank: Named<()>,
    meeting: Meeting,
    over: AtomicBool,
    begin: Instant,
}

/// What one thread has done.
#[derive(Default)]
struct End {
    made: u64,
    retries: u64,
    deadlock: Option<Deadlock>,
}

impl Ring {
    fn fight(&self, from: &Account, to: &Account, transfers: u64) -> End {
        let mut end = End::default();
        let over = || {
            self.over.load(Ordering::Relaxed) || self.begin.elapsed() > LIMIT
        };
        let mut first = true;
        while end.made < transfers && !over() {
            match self.transfer(from, to, first) {
                Ok(Some(retries)) => {
                    end.made += 1;
                    end.retries += u64::from(retries);
                }
                Ok(None) => end.retries += u64::from(ATTEMPTS),
                Err(deadlock) => {
                    // The locks of this thread are free again, so the other
                    // one goes on; without the detector both would hang.
                    self.over.store(true, Ordering::Relaxed);
                    end.deadlock = Some(deadlock);
                }
            }
            first = false;
        }
        end
    }

    /// One transfer; returns how many attempts failed, `None` if all did.
    fn transfer(
        &self,
        from: &Account,
        to: &Account,
        first: bool,
    ) -> Result<Option<u32>, Deadlock> {
        let meet = || {
            if first {
                self.meeting.wait(MEETING);
            }
        };
        match self.strategy {
            Strategy::InCallOrder => {
                accounts::call_order(from, to, 1, meet).map(|()| Some(0))
            }
            // Here a thread with one lock never meets another with one: that
            // is why they cannot block each other.
            Strategy::InFixedOrder => {
                accounts::transfer_in_fixed_order(from, to, 1).map(|()| Some(0))
            }
            Strategy::WithTryLock => {
                accounts::try_lock(from, to, 1, ATTEMPTS, meet)
            }
            Strategy::UnderOneLock => {
                accounts::transfer_under_one_lock(&self.bank, from, to, 1)
                    .map(|()| Some(0))
            }
        }
    }
}

impl Duel {
    /// Returns the deadlock that ended the duel, if there was one.
    pub fn deadlock(&self) -> Option<&Deadlock> {
        self.deadlock.as_ref()
    }

    /// Returns how many transfers were made by both threads together.
    pub fn transfers(&self) -> u64 {
        self.made
    }

    /// Returns how often a thread gave its first lock back because the second
    /// was taken.
    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// Returns the money on both accounts, before and after.
    pub fn total(&self) -> (i64, i64) {
        self.total
    }

    /// Returns how long it took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InCallOrder => "замки в порядке вызова",
            Self::InFixedOrder => "замки в одном и том же порядке",
            Self::WithTryLock => "второй замок – через try_lock",
            Self::UnderOneLock => "один замок на все счета",
        })
    }
}
