//! The experiment of the lecture, under the rules of several Pythons.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::Gil;
use super::interpreter::{free_threaded, from_310, up_to_39};
use crate::display;
use crate::race::start;
use crate::sentence::{self, count as counted, grouped, percent};

/// So many increments in all, and no more.
const MOST_INCREMENTS: u64 = 20_000_000;
/// The lock changes hands after so many instructions. No multiple of the four
/// instructions of a pass: it falls on each of them in turn.
const SWITCH_EVERY: u64 = 1009;

/// The rules by which threads take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Python {
    /// Python up to 3.9: the lock may be handed over between any two
    /// instructions.
    UpTo39,
    /// Python from 3.10 on: only at the end of a pass of a loop, and at calls.
    From310,
    /// Python 3.13t and later without the lock.
    FreeThreaded,
}

/// What threads have counted. See [`count()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    python: Python,
    threads: usize,
    increments: u64,
    result: u64,
    switches: u64,
    torn: u64,
}

/// Lets threads do `num += 1`, by the rules of a Python.
///
/// No Python is run; [`python`](super::python()) does that. Each of the
/// `threads` threads makes `increments` passes of a loop. Under the lock, which
/// is handed over every 1009 instructions to the next thread in the queue, the
/// result is the same every time and on every machine. Without the lock it is a
/// matter of luck, as in [`race::meter`](crate::race::meter).
///
/// # Errors
///
/// - `InvalidInput`: a number is zero, there are more than 64 threads, or more
///   than 20 million increments in all.
/// - A thread cannot be started (`EAGAIN`).
///
/// # Examples
///
/// ```
/// use netlab::gil::{self, Python};
///
/// let old = gil::count(Python::UpTo39, 5, 10_000)?;
/// assert!(old.result() < old.expected());
///
/// let new = gil::count(Python::From310, 5, 10_000)?;
/// assert_eq!(new.result(), 50_000);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn count(
    python: Python,
    threads: usize,
    increments: u64,
) -> io::Result<Counted> {
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
    let num = AtomicU64::new(0);
    let gil = Gil::new(SWITCH_EVERY)?;
    let torn = match python {
        Python::UpTo39 => {
            in_turn(&gil, threads, || up_to_39(&gil, &num, increments))?
        }
        Python::From310 => {
            in_turn(&gil, threads, || from_310(&gil, &num, increments))?
        }
        Python::FreeThreaded => {
            start::together(threads, |_| free_threaded(&num, increments))?;
            0
        }
    };
    Ok(Counted {
        python,
        threads,
        increments,
        result: num.load(Ordering::Relaxed),
        switches: gil.switches(),
        torn,
    })
}

/// Runs threads that all stand in the queue before the first of them begins,
/// and adds up what they return.
fn in_turn(
    gil: &Gil,
    threads: usize,
    body: impl Fn() -> u64 + Sync,
) -> io::Result<u64> {
    thread::scope(|scope| {
        // Nobody gets the lock before this is dropped. If a thread cannot be
        // started, that is on return: those that wait run and end.
        let gate = gil.enter();
        let mut running = Vec::with_capacity(threads);
        for number in 0..threads {
            let thread = thread::Builder::new()
                .name(format!("netlab-gil-{number}"))
                .spawn_scoped(scope, &body)
                .map_err(|error| start::no_thread(&error))?;
            running.push(thread);
        }
        while gil.waiting() < threads {
            thread::yield_now();
        }
        drop(gate);
        let joined = running.into_iter().map(|thread| thread.join());
        Ok(joined
            .map(|torn| torn.expect("the loops do not panic"))
            .sum())
    })
}

impl Counted {
    /// Returns what would be right.
    pub fn expected(&self) -> u64 {
        self.threads as u64 * self.increments
    }

    /// Returns what the counter says at the end.
    pub fn result(&self) -> u64 {
        self.result
    }

    /// Returns how many updates are missing.
    pub fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.result)
    }

    /// Returns how often the lock was handed over.
    pub fn switches(&self) -> u64 {
        self.switches
    }

    fn headline(&self) -> String {
        format!(
            "{}: {} по {}",
            self.python,
            counted(self.threads as u64, ["поток", "потока", "потоков"]),
            counted(
                self.increments,
                ["прибавлению", "прибавления", "прибавлений"]
            ),
        )
    }

    fn figures(&self) -> String {
        format!(
            "ожидали {}, вышло {}, потеряно {} ({})",
            grouped(self.expected()),
            grouped(self.result),
            grouped(self.lost()),
            percent(self.lost(), self.expected()),
        )
    }

    /// Why it came out like this.
    fn meaning(&self) -> String {
        match (self.python, self.lost()) {
            _ if self.threads == 1 => {
                "Поток один: прерывать некому, терять некому.".to_owned()
            }
            (Python::UpTo39, 0) => {
                "Ни одна передача GIL не попала между чтением num и записью: \
                 возьмите больше прибавлений."
                    .to_owned()
            }
            (Python::UpTo39, _) => format!(
                "GIL есть, а обновления пропали: {} из {} пришлись между чтением \
                 num и записью, и поток, дождавшись очереди, записывал \
                 устаревшее число. GIL бережёт сам интерпретатор, а не num.",
                counted(
                    self.torn,
                    ["передача GIL", "передачи GIL", "передач GIL"]
                ),
                grouped(self.switches),
            ),
            (Python::From310, 0) => format!(
                "Ничего не пропало, хотя передач GIL было {}: они разрешены \
                 только в конце прохода цикла, когда num уже записано. Язык \
                 этого не обещает, так вышло в этой реализации.",
                grouped(self.switches),
            ),
            (Python::FreeThreaded, 0) => {
                "Замка нет, и на этот раз потоки друг другу не помешали. Это \
                 везение: повторите или возьмите больше прибавлений."
                    .to_owned()
            }
            (Python::FreeThreaded, _) => {
                "Замка нет, потоки работают одновременно и стирают обновления \
                 друг друга. Сколько именно, каждый раз решает случай."
                    .to_owned()
            }
            (Python::From310, _) => {
                "Потеряны обновления, а этого быть не может: здесь ошибка в \
                 самом netlab."
                    .to_owned()
            }
        }
    }

    /// Shows the result under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::gil::{self, Python};
    ///
    /// gil::count(Python::From310, 2, 1000)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UpTo39 => "как в Python 3.9 и раньше",
            Self::From310 => "как в Python с 3.10",
            Self::FreeThreaded => "как в Python 3.13t, без GIL",
        })
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = sentence::wrap(&self.headline(), 2);
        lines.extend(sentence::wrap(&self.figures(), 2));
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
