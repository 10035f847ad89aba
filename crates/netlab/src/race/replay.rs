//! One given schedule, step by step.
//!
//! How it shows itself is in `story.rs`.

use std::io;

use super::machine::{MOST_STEPS, Machine, Number, Operation};
use super::step::{complaint, parse, possible, wrong};
use crate::display;

/// A schedule that was run. See [`replay()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    pub(super) steps: Vec<Step>,
    pub(super) lost: Vec<Lost>,
    pub(super) threads: Vec<usize>,
}

/// A step, and the state after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The number of the thread, as in the schedule.
    pub thread: usize,
    /// What it did.
    pub operation: Operation,
    /// What it loaded or stored.
    pub value: u64,
    /// What each thread has loaded and not yet stored, in the order of the
    /// threads' numbers.
    pub registers: Vec<Option<u64>>,
    /// The memory.
    pub memory: u64,
}

/// An update that is not in the result. Steps are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The thread whose update it was.
    pub thread: usize,
    /// The step in which it was stored.
    pub stored: usize,
    /// The step whose store has overwritten it.
    pub overwritten: usize,
    /// The step in which the overwriting thread had loaded.
    pub loaded: usize,
}

/// Runs the steps of a schedule in exactly the given order.
///
/// A schedule is a list of steps `thread:operation`, with spaces between them.
/// The threads have numbers from 1 to 9; each loads, stores (its register plus
/// one), loads again, and so on. No threads are started: this is a machine on
/// paper, and it gives the same result every time.
///
/// # Errors
///
/// `InvalidInput`: the schedule is empty or has more than 64 steps, a step is
/// no step or not this thread's turn, or a thread has loaded and never stores.
/// The message names the step and those that would be possible.
///
/// # Examples
///
/// ```
/// use netlab::race;
///
/// let good = race::replay("1:load 1:store 2:load 2:store")?;
/// assert_eq!((good.expected(), good.result()), (2, 2));
///
/// let bad = race::replay("1:load 2:load 1:store 2:store")?;
/// assert_eq!((bad.expected(), bad.result()), (2, 1));
/// println!("{bad}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replay(schedule: &str) -> io::Result<Replay> {
    let words: Vec<&str> = schedule.split_whitespace().collect();
    if words.is_empty() || words.len() > MOST_STEPS {
        return wrong(format!(
            "в расписании шагов: {}, а может быть от 1 до {MOST_STEPS}; \
             пример: 1:load 2:load 1:store 2:store",
            words.len()
        ));
    }
    let mut threads: Vec<usize> = words
        .iter()
        .filter_map(|word| Some(parse(word)?.0))
        .collect();
    threads.sort_unstable();
    threads.dedup();

    let mut machine = Machine::new(threads.len());
    let mut history = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate() {
        let known = |thread| threads.binary_search(&thread).ok();
        let step = parse(word)
            .and_then(|(thread, operation)| Some((known(thread)?, operation)))
            .filter(|(thread, operation)| machine.next(*thread) == *operation);
        let Some((thread, operation)) = step else {
            return wrong(format!(
                "шаг {}, «{}»: {}; сейчас возможны: {}",
                index + 1,
                display::one_line(word),
                complaint(word),
                possible(&machine, &threads),
            ));
        };
        let before = machine.memory;
        machine.step(thread);
        history.push(Moment {
            thread,
            operation,
            before,
            after: machine.clone(),
        });
    }
    let unfinished = |thread: &usize| machine.registers[*thread].is_some();
    if let Some(thread) = (0..threads.len()).find(unfinished) {
        let thread = threads[thread];
        return wrong(format!(
            "расписание оборвалось: поток {thread} загрузил число и не \
             сохранил; допишите {thread}:store"
        ));
    }
    Ok(Replay {
        lost: lost(&history, &threads),
        steps: history.iter().map(|moment| moment.step(&threads)).collect(),
        threads,
    })
}

/// One step with the states around it; threads by their index.
struct Moment {
    thread: usize,
    operation: Operation,
    before: Number,
    after: Machine,
}

impl Moment {
    fn step(&self, threads: &[usize]) -> Step {
        let memory = self.after.memory.value();
        let registers = self.after.registers.iter();
        Step {
            thread: threads[self.thread],
            operation: self.operation,
            // A load copies the memory as it is, a store has just made it.
            value: memory,
            registers: registers
                .map(|register| register.map(Number::value))
                .collect(),
            memory,
        }
    }
}

/// The updates that are not in the memory at the end.
fn lost(history: &[Moment], threads: &[usize]) -> Vec<Lost> {
    let Some(last) = history.last() else {
        return Vec::new();
    };
    let stores = |moment: &Moment| moment.operation == Operation::Store;
    let mut lost = Vec::new();
    for (step, moment) in history.iter().enumerate() {
        if !stores(moment) || last.after.memory.has(step) {
            continue;
        }
        // An update may be overwritten, come back with an old register, and be
        // overwritten again: the last time counts.
        let overwrites = |moment: &Moment| {
            moment.before.has(step) && !moment.after.memory.has(step)
        };
        let Some(overwritten) = history.iter().rposition(overwrites) else {
            continue;
        };
        let other = history[overwritten].thread;
        let loaded = history[..overwritten]
            .iter()
            .rposition(|moment| moment.thread == other);
        lost.push(Lost {
            thread: threads[moment.thread],
            stored: step + 1,
            overwritten: overwritten + 1,
            loaded: loaded.map_or(0, |step| step + 1),
        });
    }
    lost
}

impl Replay {
    /// Returns how many increments the schedule makes.
    pub fn expected(&self) -> u64 {
        let stores = |step: &&Step| step.operation == Operation::Store;
        self.steps.iter().filter(stores).count() as u64
    }

    /// Returns what is in the memory at the end.
    pub fn result(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.memory)
    }

    /// Returns the steps, each with the state after it.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the updates that are not in the result.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }
}
