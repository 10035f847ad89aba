//! The lost update with real threads.
//!
//! What the figures mean, in words, is in `verdict.rs`.

use std::fmt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{lost_update, start};
use crate::display;
use crate::sentence::grouped;

/// So many increments in all, and no more.
const MOST_INCREMENTS: u64 = 500_000_000;
/// More runs say nothing new.
const MOST_RUNS: usize = 10_000;
/// A meter that is not done by then shows what it has.
pub(super) const LIMIT: Duration = Duration::from_secs(10);
/// After so many increments a thread looks at the clock.
const CHUNK: u64 = 1 << 22;

/// The ways to count that a [`Meter`] compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Load, add one, store: broken.
    LoadStore,
    /// [`AtomicU64::fetch_add`].
    FetchAdd,
    /// A [`Mutex`] that is locked for every increment.
    Mutex,
    /// A local variable in each thread, added up at the end.
    PerThread,
}

/// What came out of many runs. See [`meter()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    pub(super) counter: Counter,
    pub(super) threads: usize,
    pub(super) increments: u64,
    pub(super) asked: usize,
    pub(super) results: Vec<u64>,
    pub(super) cores: usize,
}

/// Lets threads count together, many times, and keeps what came out.
///
/// Each run starts `threads` threads ([`clone(2)`]), which wait for each other
/// and then add one to a common counter `increments` times each. Right would be
/// `threads * increments` in every run.
///
/// After 10 seconds no further run is made, and the display says so.
///
/// [`clone(2)`]: https://man7.org/linux/man-pages/man2/clone.2.html
///
/// # Errors
///
/// - `InvalidInput`: a number is zero, there are more than 64 threads or more
///   than 10 000 runs, or more than 500 million increments in all.
/// - `TimedOut`: not even the first run was done in 10 seconds.
/// - A thread cannot be started (`EAGAIN`).
///
/// # Examples
///
/// ```
/// use netlab::race::{self, Counter};
///
/// let right = race::meter(Counter::FetchAdd, 10, 2, 1000)?;
/// assert_eq!((right.min(), right.max()), (2000, 2000));
///
/// let broken = race::meter(Counter::LoadStore, 10, 2, 1000)?;
/// assert!(broken.max() <= 2000);
/// println!("{broken}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn meter(
    counter: Counter,
    runs: usize,
    threads: usize,
    increments: u64,
) -> io::Result<Meter> {
    check(runs, threads, increments)?;
    let deadline = Instant::now() + LIMIT;
    let mut results = Vec::with_capacity(runs);
    while results.len() < runs {
        match run(counter, threads, increments, deadline)? {
            Some(result) => results.push(result),
            None => break,
        }
    }
    if results.is_empty() {
        let text = format!(
            "за {} не закончился и первый прогон: возьмите меньше прибавлений",
            display::seconds(LIMIT)
        );
        return Err(io::Error::new(io::ErrorKind::TimedOut, text));
    }
    Ok(Meter {
        counter,
        threads,
        increments,
        asked: runs,
        results,
        cores: thread::available_parallelism().map_or(1, usize::from),
    })
}

fn check(runs: usize, threads: usize, increments: u64) -> io::Result<()> {
    start::allowed(threads)?;
    let wrong = |text| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    if !(1..=MOST_RUNS).contains(&runs) {
        let most = grouped(MOST_RUNS as u64);
        return wrong(format!("runs = {runs}: прогонов бывает от 1 до {most}"));
    }
    if increments == 0 {
        return wrong("increments = 0: потокам нечего прибавлять".to_owned());
    }
    let all = (runs as u64)
        .saturating_mul(threads as u64)
        .saturating_mul(increments);
    if all > MOST_INCREMENTS {
        return wrong(format!(
            "runs · threads · increments = {}: это слишком долго, допустимо \
             не больше {}",
            grouped(all),
            grouped(MOST_INCREMENTS),
        ));
    }
    Ok(())
}

/// One run; `None` if the time is over before it is.
fn run(
    counter: Counter,
    threads: usize,
    increments: u64,
    deadline: Instant,
) -> io::Result<Option<u64>> {
    let memory = AtomicU64::new(0);
    let locked = Mutex::new(0);
    // The loops are told apart outside of them: what is measured is the loop.
    let (in_time, _) = start::together(threads, |_| match counter {
        Counter::LoadStore => in_chunks(increments, deadline, |chunk| {
            lost_update::load_store(&memory, chunk);
        }),
        Counter::FetchAdd => in_chunks(increments, deadline, |chunk| {
            lost_update::fetch_add(&memory, chunk);
        }),
        Counter::Mutex => in_chunks(increments, deadline, |chunk| {
            lost_update::locked(&locked, chunk);
        }),
        Counter::PerThread => in_chunks(increments, deadline, |chunk| {
            lost_update::per_thread(&memory, chunk);
        }),
    })?;
    if !in_time.into_iter().all(|done| done) {
        return Ok(None);
    }
    let locked = locked.into_inner().expect("no thread has panicked");
    Ok(Some(memory.load(Ordering::Relaxed) + locked))
}

/// Does so many increments; `false` if the time is over before.
fn in_chunks(increments: u64, deadline: Instant, add: impl Fn(u64)) -> bool {
    let mut left = increments;
    while left > 0 && Instant::now() < deadline {
        let chunk = left.min(CHUNK);
        add(chunk);
        left -= chunk;
    }
    left == 0
}

impl Meter {
    /// Returns what every run should give.
    pub fn expected(&self) -> u64 {
        self.threads as u64 * self.increments
    }

    /// Returns what the runs gave, in their order.
    pub fn results(&self) -> &[u64] {
        &self.results
    }

    /// Returns how many runs were made.
    pub fn runs(&self) -> usize {
        self.results.len()
    }

    /// Returns the smallest result.
    pub fn min(&self) -> u64 {
        self.sorted()[0]
    }

    /// Returns the result in the middle, when they are sorted.
    pub fn median(&self) -> u64 {
        self.sorted()[self.results.len() / 2]
    }

    /// Returns the largest result.
    pub fn max(&self) -> u64 {
        self.sorted()[self.results.len() - 1]
    }

    /// Returns how many runs have lost an update.
    pub fn runs_that_lost(&self) -> usize {
        let lost = |result: &&u64| **result != self.expected();
        self.results.iter().filter(lost).count()
    }

    /// Returns how many updates were lost, in all runs together.
    pub fn lost(&self) -> u64 {
        let lost = |result: &u64| self.expected().saturating_sub(*result);
        self.results.iter().map(lost).sum()
    }

    fn sorted(&self) -> Vec<u64> {
        let mut sorted = self.results.clone();
        sorted.sort_unstable();
        sorted
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoadStore => "load, +1, store",
            Self::FetchAdd => "fetch_add",
            Self::Mutex => "Mutex на каждое +1",
            Self::PerThread => "сумма в каждом потоке",
        })
    }
}
