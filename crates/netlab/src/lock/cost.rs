//! What a lock costs when it is taken too often.

use std::fmt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::chart::{self, Bars};
use crate::display;
use crate::race::{lost_update, start};
use crate::sentence::{self, count, grouped, ratio};

/// So many increments in all, and no more.
const MOST_INCREMENTS: u64 = 10_000_000;
/// Each way is measured so often, and the best time counts: what a busy machine
/// does meanwhile makes times longer, never shorter.
const ATTEMPTS: usize = 3;

/// Shorter times are more about starting threads than about counting.
const MEASURABLE: Duration = Duration::from_micros(200);

/// The same sum, counted in four ways. See [`cost()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    threads: usize,
    increments: u64,
    per_increment: Duration,
    fetch_add: Duration,
    per_thread: Duration,
    local: Duration,
    right: bool,
}

/// Measures what it costs to count together: a lock for every increment, an
/// atomic addition, a lock for every thread, a local sum.
///
/// All four give the same, right result. The best of three times counts.
///
/// # Errors
///
/// - `InvalidInput`: a number is zero, there are more than 64 threads, or more
///   than 10 million increments in all.
/// - A thread cannot be started (`EAGAIN`).
///
/// # Examples
///
/// ```
/// let cost = netlab::lock::cost(2, 10_000)?;
/// println!("{cost}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn cost(threads: usize, increments: u64) -> io::Result<Cost> {
    start::allowed(threads)?;
    let all = increments.saturating_mul(threads as u64);
    if all == 0 || all > MOST_INCREMENTS {
        let text = format!(
            "increments = {increments}: прибавлений во всех потоках вместе \
             может быть от 1 до {}",
            grouped(MOST_INCREMENTS)
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let (sum, locked) = (AtomicU64::new(0), Mutex::new(0));
    let mut best = [Duration::MAX; 4];
    // In turn, so that a disturbance does not meet one of them only.
    for _ in 0..ATTEMPTS {
        let times = [
            time(threads, || lost_update::locked(&locked, increments))?,
            time(threads, || lost_update::fetch_add(&sum, increments))?,
            time(threads, || lost_update::locked_once(&locked, increments))?,
            time(threads, || lost_update::per_thread(&sum, increments))?,
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = time.min(*best);
        }
    }
    let [per_increment, fetch_add, per_thread, local] = best;
    Ok(Cost {
        threads,
        increments,
        per_increment,
        fetch_add,
        per_thread,
        local,
        right: [sum.into_inner(), locked.into_inner().unwrap_or(0)]
            == [all * 2 * ATTEMPTS as u64; 2],
    })
}

fn time(threads: usize, body: impl Fn() + Sync) -> io::Result<Duration> {
    Ok(start::together(threads, |_| body())?.1)
}

impl Cost {
    /// Returns the time with a lock for every increment.
    pub fn lock_per_increment(&self) -> Duration {
        self.per_increment
    }

    /// Returns the time with an atomic addition for every increment.
    pub fn fetch_add(&self) -> Duration {
        self.fetch_add
    }

    /// Returns the time with one lock for every thread.
    pub fn lock_per_thread(&self) -> Duration {
        self.per_thread
    }

    /// Returns the time with a local sum in every thread.
    pub fn local_sum(&self) -> Duration {
        self.local
    }

    fn bars(&self) -> Bars {
        let title = format!(
            "{} по {}, лучшее из {ATTEMPTS} измерений",
            count(self.threads as u64, ["поток", "потока", "потоков"]),
            count(
                self.increments,
                ["прибавлению", "прибавления", "прибавлений"]
            ),
        );
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        chart::bars(
            &title,
            "мс",
            &[
                ("замок на каждое +1", millis(self.per_increment)),
                ("fetch_add на каждое +1", millis(self.fetch_add)),
                ("один замок на поток", millis(self.per_thread)),
                ("сумма в каждом потоке", millis(self.local)),
            ],
        )
    }

    fn meaning(&self) -> String {
        let result = match self.right {
            true => "Все четыре итога верны.",
            false => {
                "Итоги неверны, а этого быть не может: здесь ошибка в самом \
                 netlab."
            }
        };
        let others = [self.fetch_add, self.per_thread, self.local];
        if others.iter().any(|other| *other < MEASURABLE) {
            return format!(
                "{result} Времена слишком малы, чтобы их сравнивать: возьмите \
                 больше прибавлений."
            );
        }
        let [fetch_add, per_thread, local] =
            others.map(|other| ratio(self.per_increment, other));
        let reason = match self.threads {
            1 => "Замок всегда свободен, и это цена одного захвата.",
            _ => {
                "Платят не за прибавление, а за то, что замок и память с \
                 числом переходят от одного ядра процессора к другому."
            }
        };
        format!(
            "{result} Замок на каждое прибавление дороже: чем fetch_add – в \
             {fetch_add} раза, чем один замок на поток – в {per_thread}, чем \
             сумма в каждом потоке – в {local}. {reason}"
        )
    }

    /// Shows the bars under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::lock::cost(2, 1000)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html = self.bars().html() + &display::paragraph(&self.meaning());
        display::blocks(Some(&html), &self.to_string());
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![self.bars().to_string()];
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
