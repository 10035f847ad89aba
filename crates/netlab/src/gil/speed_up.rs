//! What a lock around everything costs threads that compute.

use std::fmt;
use std::hint::black_box;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::Gil;
use crate::chart::{self, Bars};
use crate::display;
use crate::race::start;
use crate::sentence::{self, count, measured};

/// All the work together takes about this long on one core.
const WORK: Duration = Duration::from_millis(150);
/// One operation under the lock: so many steps of the generator.
const OPERATION: u64 = 1000;
/// The lock is handed over after so many operations: about a millisecond.
const SWITCH_EVERY: u64 = 1000;
/// Each way is measured so often, and the best time counts: what a busy machine
/// does meanwhile makes times longer, never shorter.
const ATTEMPTS: usize = 3;
/// If it looks as if the machine had been busy, it is tried so often at most.
const MORE_ATTEMPTS: usize = 8;
/// No attempt begins later than this.
const LIMIT: Duration = Duration::from_secs(2);
/// More threads than this would have too little to do.
const MOST: usize = 16;

/// The same work, done in three ways. See [`speed_up()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeedUp {
    threads: usize,
    cores: usize,
    sequential: Duration,
    with_gil: Duration,
    without: Duration,
}

/// Measures whether threads make a computation faster, with and without a
/// [`Gil`].
///
/// The work is so many portions as there are threads: done one after another in
/// one thread, by threads that hold the lock while they compute, and by threads
/// without a lock. Takes about a second.
///
/// # Errors
///
/// - `InvalidInput`: no threads, or more than 16.
/// - A thread cannot be started (`EAGAIN`).
///
/// # Examples
///
/// ```
/// let times = netlab::gil::speed_up(2)?;
/// println!("{times}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn speed_up(threads: usize) -> io::Result<SpeedUp> {
    if !(1..=MOST).contains(&threads) {
        let text =
            format!("threads = {threads}: потоков может быть от 1 до {MOST}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let portion = operations_in(WORK) / threads as u64 + 1;
    let gil = Gil::new(SWITCH_EVERY)?;
    let alone = || {
        (0..threads).for_each(|_| compute(portion));
    };
    let under_gil = || {
        let mut holder = gil.enter();
        for _ in 0..portion {
            compute(1);
            holder.tick();
        }
    };
    let mut best = [Duration::MAX; 3];
    let begin = Instant::now();
    // In turn, so that a disturbance does not meet one of them only.
    for attempt in 0..MORE_ATTEMPTS {
        let [sequential, with_gil, without] = best;
        let plausible =
            gain(sequential, without) > 1.5 && gain(sequential, with_gil) < 1.1;
        let enough = plausible || threads == 1;
        let late = attempt > 0 && begin.elapsed() > LIMIT;
        if late || (enough && attempt >= ATTEMPTS) {
            break;
        }
        let times = [
            start::together(1, |_| alone())?.1,
            start::together(threads, |_| under_gil())?.1,
            start::together(threads, |_| compute(portion))?.1,
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = time.min(*best);
        }
    }
    let [sequential, with_gil, without] = best;
    Ok(SpeedUp {
        threads,
        cores: thread::available_parallelism().map_or(1, usize::from),
        sequential,
        with_gil,
        without,
    })
}

/// How many times shorter the second time is.
fn gain(before: Duration, after: Duration) -> f64 {
    before.as_secs_f64() / after.as_secs_f64().max(1e-9)
}

/// Computes without touching anything shared: a linear congruential generator.
fn compute(operations: u64) {
    let mut number = black_box(1_u64);
    for _ in 0..operations * OPERATION {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
    }
    black_box(number);
}

/// How many operations this machine does in a given time.
fn operations_in(time: Duration) -> u64 {
    const SAMPLE: u64 = 512;
    // The best of many: a sample that was interrupted is too long.
    let sample = |_| {
        let begin = Instant::now();
        compute(SAMPLE);
        begin.elapsed()
    };
    let best = (0..10).map(sample).min().unwrap_or(time);
    let samples = time.as_secs_f64() / best.as_secs_f64().max(1e-6);
    (samples * SAMPLE as f64) as u64
}

impl SpeedUp {
    /// Returns the time of one thread that does everything.
    pub fn sequential(&self) -> Duration {
        self.sequential
    }

    /// Returns the time of the threads that need the lock to compute.
    pub fn with_gil(&self) -> Duration {
        self.with_gil
    }

    /// Returns the time of the threads without a lock.
    pub fn without(&self) -> Duration {
        self.without
    }

    fn bars(&self) -> Bars {
        let title = format!(
            "Одна и та же счётная работа, {} (ядер процессора: {})",
            count(self.threads as u64, ["поток", "потока", "потоков"]),
            self.cores
        );
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        chart::bars(
            &title,
            "мс",
            &[
                ("всё в одном потоке", millis(self.sequential)),
                ("потоки под GIL", millis(self.with_gil)),
                ("потоки без GIL", millis(self.without)),
            ],
        )
    }

    fn meaning(&self) -> String {
        if self.threads == 1 {
            return "Поток один: делить работу не с кем, все три времени об \
                    одном и том же."
                .to_owned();
        }
        let under_gil = gain(self.sequential, self.with_gil);
        let gil = if under_gil > 1.15 {
            format!(
                "Под GIL вышло быстрее в {under_gil:.1} раза, хотя считает \
                 всегда только один поток: машина была занята чем-то ещё."
            )
        } else {
            format!(
                "Под GIL считает всегда только один поток, остальные стоят в \
                 очереди: {} против {} в одном потоке, ускорения нет.",
                measured(self.with_gil),
                measured(self.sequential)
            )
        };
        let free = gain(self.sequential, self.without);
        let possible = self.threads.min(self.cores);
        let without = if self.cores == 1 {
            "Без GIL ускорения тоже нет: у этой машины одно ядро процессора."
                .to_owned()
        } else if free > 1.15 {
            format!(
                "Без GIL – в {free:.1} раза быстрее; предел здесь – {possible}, \
                 столько ядер процессора достаётся потокам."
            )
        } else {
            format!(
                "Без GIL могло стать быстрее в {possible} раза, но ядра процессора, \
                 видимо, заняты чем-то ещё: вышло {free:.1}. Повторите измерение."
            )
        };
        format!("{gil} {without}")
    }

    /// Shows the times under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::gil::speed_up(1)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html = self.bars().html() + &display::paragraph(&self.meaning());
        display::blocks(Some(&html), &self.to_string());
    }
}

impl fmt::Display for SpeedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![self.bars().to_string()];
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
