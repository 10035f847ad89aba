//! A step of a schedule as people write it: `1:load`.

use std::io;

use super::machine::{Machine, Operation};

/// The largest number of a thread: one digit keeps the table narrow.
pub(super) const MOST_THREADS: usize = 9;

/// The error of a schedule that cannot be run.
pub(super) fn wrong<T>(text: String) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, text))
}

/// Reads a step; `None` if it is none.
pub(super) fn parse(word: &str) -> Option<(usize, Operation)> {
    let (thread, operation) = word.split_once(':')?;
    let thread = thread.parse().ok()?;
    let operation = match operation {
        "load" => Operation::Load,
        "store" => Operation::Store,
        _ => return None,
    };
    (1..=MOST_THREADS)
        .contains(&thread)
        .then_some((thread, operation))
}

/// What is wrong with a step that cannot be taken.
pub(super) fn complaint(word: &str) -> String {
    match parse(word) {
        None => format!(
            "шаг пишется как «поток:действие», поток – от 1 до {MOST_THREADS}, \
             действие – load или store"
        ),
        Some((thread, Operation::Load)) => {
            format!("поток {thread} уже загрузил число и должен сохранить")
        }
        Some((thread, Operation::Store)) => {
            format!("потоку {thread} нечего сохранять, сначала load")
        }
    }
}

/// The steps that could be taken instead.
pub(super) fn possible(machine: &Machine, threads: &[usize]) -> String {
    let mut steps: Vec<String> = threads
        .iter()
        .enumerate()
        .map(|(index, thread)| format!("{thread}:{}", machine.next(index)))
        .collect();
    if steps.is_empty() {
        steps.push("1:load".to_owned());
    }
    steps.join(", ")
}
