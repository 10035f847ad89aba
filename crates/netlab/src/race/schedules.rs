//! Every schedule there is.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use super::machine::{MOST_STEPS, Machine};
use super::step::MOST_THREADS;
use crate::display::{self, Table};
use crate::sentence::{self, count, grouped, percent};

/// More schedules than this are not tried.
const MOST: u64 = 1_000_000;
/// How many results are shown.
const ROWS: usize = 8;
/// The longest example that is shown in full, in characters.
const EXAMPLE: usize = 48;

/// All schedules of a program. See [`schedules()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedules {
    threads: usize,
    increments: usize,
    outcomes: Vec<Outcome>,
}

/// A result, and the schedules that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is in the memory at the end.
    pub result: u64,
    /// How many schedules give this result.
    pub schedules: u64,
    /// One of them; [`replay`](super::replay()) shows its steps.
    pub example: String,
}

/// Tries every order in which the threads can take their steps.
///
/// Each of the `threads` threads loads and stores `increments` times. The
/// number of orders grows fast: 6 for two threads with one increment each, 70
/// with two, 184 756 with five. They are not estimated, each is run on the
/// machine of [`replay`](super::replay()).
///
/// # Errors
///
/// `InvalidInput`: a number is zero, there are more than 9 threads, or more
/// than a million schedules.
///
/// # Examples
///
/// ```
/// use netlab::race;
///
/// let all = race::schedules(2, 1)?;
/// assert_eq!(all.total(), 6);
/// for outcome in all.outcomes() {
///     let replay = race::replay(&outcome.example)?;
///     assert_eq!(replay.result(), outcome.result);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn schedules(threads: usize, increments: usize) -> io::Result<Schedules> {
    let wrong = |text| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    if !(1..=MOST_THREADS).contains(&threads) || increments == 0 {
        return wrong(format!(
            "threads = {threads}, increments = {increments}: потоков может \
             быть от 1 до {MOST_THREADS}, прибавлений – не меньше одного"
        ));
    }
    match number(threads, increments) {
        Some(_) => {}
        None => {
            return wrong(format!(
                "threads = {threads}, increments = {increments}: расписаний \
                 больше {}, перебор был бы слишком долгим; возьмите меньше",
                grouped(MOST)
            ));
        }
    }
    let mut search = Search {
        machine: Machine::new(threads),
        left: vec![2 * increments; threads],
        path: Vec::with_capacity(2 * increments * threads),
        found: BTreeMap::new(),
    };
    search.explore();
    let outcomes = search.found.into_iter();
    Ok(Schedules {
        threads,
        increments,
        outcomes: outcomes
            .map(|(result, (schedules, example))| Outcome {
                result,
                schedules,
                example,
            })
            .collect(),
    })
}

/// How many schedules there are; `None` if too many.
///
/// The steps of one thread have a fixed order, so each thread chooses its
/// places among those that are left: a product of binomial coefficients.
fn number(threads: usize, increments: usize) -> Option<u64> {
    let each = increments.checked_mul(2)?;
    if each.checked_mul(threads)? > MOST_STEPS {
        return None;
    }
    let mut number = 1_u64;
    for thread in 1..threads as u64 {
        for step in 1..=each as u64 {
            // Whole after every step: a binomial coefficient times the rest.
            number = number * (thread * each as u64 + step) / step;
            if number > MOST {
                return None;
            }
        }
    }
    Some(number)
}

/// Walks through the tree of all schedules.
struct Search {
    machine: Machine,
    /// How many steps each thread still has to take.
    left: Vec<usize>,
    path: Vec<usize>,
    /// Per result: how many schedules, and the first of them.
    found: BTreeMap<u64, (u64, String)>,
}

impl Search {
    fn explore(&mut self) {
        let mut last = true;
        for thread in 0..self.left.len() {
            if self.left[thread] == 0 {
                continue;
            }
            last = false;
            let before = self.machine.clone();
            self.machine.step(thread);
            self.left[thread] -= 1;
            self.path.push(thread);
            self.explore();
            self.path.pop();
            self.left[thread] += 1;
            self.machine = before;
        }
        if last {
            let result = self.machine.memory.value();
            let example = || (0, written(&self.path, self.left.len()));
            self.found.entry(result).or_insert_with(example).0 += 1;
        }
    }
}

/// A schedule as [`replay`](super::replay()) reads it.
fn written(path: &[usize], threads: usize) -> String {
    let mut machine = Machine::new(threads);
    let steps: Vec<String> = path
        .iter()
        .map(|&thread| {
            let operation = machine.next(thread);
            machine.step(thread);
            format!("{}:{operation}", thread + 1)
        })
        .collect();
    steps.join(" ")
}

impl Schedules {
    /// Returns how many schedules there are.
    pub fn total(&self) -> u64 {
        self.outcomes.iter().map(|outcome| outcome.schedules).sum()
    }

    /// Returns the results, the smallest first.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    fn headline(&self) -> String {
        let threads = self.threads as u64;
        format!(
            "{} по {}: всего {}",
            count(threads, ["поток", "потока", "потоков"]),
            count(
                self.increments as u64,
                ["прибавлению", "прибавления", "прибавлений"]
            ),
            count(self.total(), ORDERS),
        )
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&["итог", "расписаний", "доля", "пример"]);
        for outcome in self.outcomes.iter().take(ROWS) {
            let mut example = outcome.example.clone();
            if let Some((end, _)) = example.char_indices().nth(EXAMPLE) {
                // Cut between two steps.
                let end = example[..end].rfind(' ').unwrap_or(end);
                example.truncate(end);
                example.push_str(" …");
            }
            table.row(vec![
                outcome.result.to_string(),
                grouped(outcome.schedules),
                percent(outcome.schedules, self.total()),
                example,
            ]);
        }
        table
    }

    fn more(&self) -> String {
        match self.outcomes.len().saturating_sub(ROWS) {
            0 => String::new(),
            more => format!("… ещё итогов: {more}"),
        }
    }

    fn meaning(&self) -> String {
        let right = (self.threads * self.increments) as u64;
        let good = self.outcomes.iter().find(|outcome| outcome.result == right);
        let good = good.map_or(0, |outcome| outcome.schedules);
        if good == self.total() {
            return "Поток один, и порядок один: терять обновления некому."
                .to_owned();
        }
        let worst = self.outcomes.first().map_or(0, |outcome| outcome.result);
        format!(
            "Верный итог {right} дают только {} из {}, худший итог – {worst}. \
             Это доли расписаний, а не вероятности: машина выбирает их не \
             поровну, и потому неверное может годами не попадаться.",
            grouped(good),
            grouped(self.total()),
        )
    }

    /// Shows the table under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::race::schedules(2, 1)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html = display::paragraph(&self.headline())
            + &self.table().to_html()
            + &display::paragraph(&self.more())
            + &display::paragraph(&self.meaning());
        display::blocks(Some(&html), &self.to_string());
    }
}

const ORDERS: [&str; 3] = ["расписание", "расписания", "расписаний"];

impl fmt::Display for Schedules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![self.headline()];
        lines.extend(self.table().to_lines());
        lines.push(self.more());
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
