//! Threads that begin at the same moment.
//!
//! Starting a thread takes longer than a short loop: without a common start the
//! first would be done before the second begins, and nothing would collide.

use std::hint;
use std::io;
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// More threads than this are not started.
const MOST: usize = 64;

/// How long a thread keeps its core while it waits for the others.
const PATIENCE: Duration = Duration::from_micros(200);
/// Then it sleeps so long: the thread that it waits for may be queueing for the
/// same core. The scheduler wakes a sleeper on a core that is idle, while one
/// that only yields shares its core with the other, and nothing collides.
const NAP: Duration = Duration::from_micros(20);

/// Refuses a number of threads that cannot be meant.
pub(crate) fn allowed(threads: usize) -> io::Result<()> {
    if (1..=MOST).contains(&threads) {
        return Ok(());
    }
    let text =
        format!("threads = {threads}: потоков может быть от 1 до {MOST}");
    Err(io::Error::new(io::ErrorKind::InvalidInput, text))
}

/// The error of a thread that could not be started, with the next step.
pub(crate) fn no_thread(error: &io::Error) -> io::Error {
    let text = format!(
        "система не дала ещё одного потока ({error}): вероятно, достигнут \
         предел (ulimit -u) или кончилась память; возьмите меньше потоков \
         или закройте лишнее"
    );
    io::Error::new(error.kind(), text)
}

/// Runs `body` in so many threads at the same time.
///
/// Returns what the threads returned, and the time from the start until the
/// last of them was done. `body` gets the number of its thread, from 0.
///
/// # Errors
///
/// If a thread cannot be started; those that wait for it are let go and `body`
/// is not run.
pub(crate) fn together<T: Send>(
    threads: usize,
    body: impl Fn(usize) -> T + Sync,
) -> io::Result<(Vec<T>, Duration)> {
    let line = Line::new(threads);
    thread::scope(|scope| {
        let mut running = Vec::with_capacity(threads);
        for number in 0..threads {
            let (line, body) = (&line, &body);
            let thread = thread::Builder::new()
                .name(format!("netlab-race-{number}"))
                .spawn_scoped(scope, move || {
                    line.wait().then(|| {
                        let begin = Instant::now();
                        (body(number), begin, Instant::now())
                    })
                });
            match thread {
                Ok(thread) => running.push(thread),
                Err(error) => {
                    line.called_off.store(true, Ordering::Release);
                    return Err(no_thread(&error));
                }
            }
        }
        let done: Vec<_> = running
            .into_iter()
            .filter_map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|why| panic::resume_unwind(why))
            })
            .collect();
        let begin = done.iter().map(|run| run.1).min();
        let end = done.iter().map(|run| run.2).max();
        let time = begin.zip(end).map_or(Duration::ZERO, |(begin, end)| {
            end.saturating_duration_since(begin)
        });
        Ok((done.into_iter().map(|run| run.0).collect(), time))
    })
}

/// The line that the threads wait at until all of them are there.
///
/// `std::sync::Barrier` lets them sleep and wakes them one after another, tens
/// of microseconds apart; and it cannot be called off if one never comes.
struct Line {
    awaited: usize,
    arrived: AtomicUsize,
    ready: AtomicUsize,
    called_off: AtomicBool,
}

impl Line {
    fn new(awaited: usize) -> Self {
        Self {
            awaited,
            arrived: AtomicUsize::new(0),
            ready: AtomicUsize::new(0),
            called_off: AtomicBool::new(false),
        }
    }

    /// Waits for the others; `false` if there is no start.
    fn wait(&self) -> bool {
        // Twice: who comes last to the line would start while the others still
        // sleep, but it also has to wait until they have seen that it is there.
        self.all_are(&self.arrived) && self.all_are(&self.ready)
    }

    fn all_are(&self, here: &AtomicUsize) -> bool {
        here.fetch_add(1, Ordering::AcqRel);
        let mut patience = Instant::now() + PATIENCE;
        while here.load(Ordering::Acquire) < self.awaited {
            if self.called_off.load(Ordering::Acquire) {
                return false;
            }
            hint::spin_loop();
            if Instant::now() > patience {
                thread::sleep(NAP);
                patience = Instant::now() + PATIENCE;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_runs_once_with_its_number() {
        let (mut numbers, _) = together(8, |number| number).expect("start");
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn start_that_is_called_off_lets_the_waiting_go() {
        let line = Line::new(2);
        thread::scope(|scope| {
            let waits = scope.spawn(|| line.wait());
            line.called_off.store(true, Ordering::Release);
            assert!(!waits.join().expect("no panic"));
        });
    }

    #[test]
    fn panic_of_a_thread_goes_on_in_the_caller() {
        let result = panic::catch_unwind(|| {
            together(2, |number| {
                if number == 1 {
                    panic::resume_unwind(Box::new("why"));
                }
            })
        });
        let panic = result.expect_err("the panic of the thread");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"why"));
    }
}
