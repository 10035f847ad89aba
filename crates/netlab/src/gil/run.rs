//! What a real Python has done with the experiment.

use std::fmt;
use std::time::Duration;

use super::experiment::{INCREMENTS, THREADS};
use crate::display;
use crate::sentence::{self, count, grouped, measured, percent};

/// What a real Python has done. See [`python`](super::python()).
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRun {
    version: String,
    gil: bool,
    result: u64,
    counting: Duration,
    sequential: Duration,
    parallel: Duration,
}

impl PythonRun {
    /// Reads what the program has printed; `None` if something is missing.
    pub(super) fn parse(answer: &str) -> Option<Self> {
        let value = |name: &str| {
            answer
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        };
        let seconds =
            |name| Duration::try_from_secs_f64(value(name)?.parse().ok()?).ok();
        Some(Self {
            version: value("version")?.to_owned(),
            gil: value("gil")? != "0",
            result: value("result")?.parse().ok()?,
            counting: seconds("seconds")?,
            sequential: seconds("sequential")?,
            parallel: seconds("parallel")?,
        })
    }

    /// Returns the version, such as `3.11.7`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Tells whether this Python runs with its lock.
    pub fn has_gil(&self) -> bool {
        self.gil
    }

    /// Returns what would be right: 5 000 000.
    pub fn expected(&self) -> u64 {
        THREADS * INCREMENTS
    }

    /// Returns what the threads have counted.
    pub fn result(&self) -> u64 {
        self.result
    }

    /// Returns how long the counting took.
    pub fn counting(&self) -> Duration {
        self.counting
    }

    /// Returns how many times faster two computations are in two threads than
    /// one after another.
    pub fn speed_up(&self) -> f64 {
        self.sequential.as_secs_f64() / self.parallel.as_secs_f64().max(1e-9)
    }

    /// Whether the lock may be handed over only at the end of a pass.
    fn switches_at_jumps(&self) -> bool {
        let mut parts = self.version.split('.').map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (3, 10),
            _ => false,
        }
    }

    fn meaning(&self) -> String {
        let lost = self.expected().saturating_sub(self.result);
        let counting = match (lost, self.gil, self.switches_at_jumps()) {
            (0, true, true) => {
                "Ничего не пропало, хотя замка в программе нет: с версии 3.10 \
                 GIL переходит к другому потоку только в конце прохода цикла. \
                 Язык этого не обещает."
                    .to_owned()
            }
            (0, _, _) => {
                "На этот раз ничего не пропало, но это везение: поток могли \
                 прервать между чтением num и записью."
                    .to_owned()
            }
            (_, true, _) => format!(
                "Пропало {}, хотя GIL есть: поток прерывают между чтением num \
                 и записью, и он записывает устаревшее число.",
                percent(lost, self.expected())
            ),
            (_, false, _) => format!(
                "Пропало {}: эта сборка работает без GIL, потоки считают \
                 одновременно и стирают обновления друг друга.",
                percent(lost, self.expected())
            ),
        };
        let speed = match (self.speed_up() > 1.2, self.gil) {
            (false, true) => {
                "Два счётных потока не быстрее одного: GIL у них один на двоих."
            }
            (true, true) => {
                "Два потока вышли быстрее, хотя GIL один на двоих: первое \
                 измерение, видимо, шло на занятой машине, повторите."
            }
            (true, false) => "Без GIL два потока заняли два ядра процессора.",
            (false, false) => {
                "GIL нет, а ускорения всё равно нет: свободных ядер процессора не нашлось."
            }
        };
        format!("{counting} {speed}")
    }

    /// Shows the run under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// netlab::gil::python()?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for PythonRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gil = if self.gil { "с GIL" } else { "без GIL" };
        let headline = format!(
            "Python {} {gil}: {} по {}, без замка",
            self.version,
            count(THREADS, ["поток", "потока", "потоков"]),
            count(INCREMENTS, ["прибавлению", "прибавления", "прибавлений"]),
        );
        let figures = format!(
            "ожидали {}, вышло {} за {}",
            grouped(self.expected()),
            grouped(self.result),
            measured(self.counting),
        );
        let speed = format!(
            "две счётные задачи подряд {}, в двух потоках {}: ускорение {:.2}",
            measured(self.sequential),
            measured(self.parallel),
            self.speed_up(),
        );
        let mut lines = Vec::new();
        for line in [headline, figures, speed] {
            lines.extend(sentence::wrap(&line, 2));
        }
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
