//! A machine with one cell of memory and a register per thread.
//!
//! It takes one step at a time, so that the order is in the hands of whoever
//! drives it and not in those of the scheduler.

use std::fmt;

/// A machine takes at most so many steps: one bit for each.
pub(super) const MOST_STEPS: usize = 64;

/// What a thread does in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Copies the memory into the register of the thread.
    Load,
    /// Adds one to the register and copies it into the memory.
    Store,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Load => "load",
            Self::Store => "store",
        })
    }
}

/// A number, kept as the set of the increments it consists of.
///
/// The bit `n` is the increment that was stored in step `n`. The number itself
/// is the size of the set; the set also tells *whose* increments are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Number(pub(super) u64);

impl Number {
    pub(super) fn value(self) -> u64 {
        u64::from(self.0.count_ones())
    }

    pub(super) fn has(self, step: usize) -> bool {
        self.0 >> step & 1 == 1
    }
}

/// The state between two steps.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) memory: Number,
    /// What each thread has loaded and not yet stored.
    pub(super) registers: Vec<Option<Number>>,
    steps: usize,
}

impl Machine {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            memory: Number::default(),
            registers: vec![None; threads],
            steps: 0,
        }
    }

    /// What this thread does next: the operations take turns.
    pub(super) fn next(&self, thread: usize) -> Operation {
        match self.registers[thread] {
            None => Operation::Load,
            Some(_) => Operation::Store,
        }
    }

    /// Lets a thread take its next step.
    pub(super) fn step(&mut self, thread: usize) {
        self.registers[thread] = match self.registers[thread] {
            None => Some(self.memory),
            Some(Number(loaded)) => {
                self.memory = Number(loaded | 1 << self.steps);
                None
            }
        };
        self.steps += 1;
    }
}
