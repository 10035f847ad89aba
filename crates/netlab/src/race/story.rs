//! How a replay shows itself: a row per step, and who has lost what to whom.

use std::fmt;

use super::machine::Operation;
use super::replay::Replay;
use crate::display::{self, Table};
use crate::sentence;

/// How many steps are shown.
const ROWS: usize = 9;
/// How many lost updates are explained.
const EXPLAINED: usize = 2;

impl Replay {
    fn table(&self) -> Table {
        let mut table =
            Table::new(&["шаг", "поток", "действие", "регистры", "память"]);
        for (index, step) in self.steps.iter().take(ROWS).enumerate() {
            let action = match step.operation {
                Operation::Load => {
                    format!("load: r{} ← {}", step.thread, step.value)
                }
                Operation::Store => format!("store: память ← {}", step.value),
            };
            let registers: Vec<String> = step
                .registers
                .iter()
                .zip(&self.threads)
                .map(|(register, thread)| match register {
                    Some(value) => format!("r{thread}={value}"),
                    None => format!("r{thread}=·"),
                })
                .collect();
            table.row(vec![
                (index + 1).to_string(),
                step.thread.to_string(),
                action,
                registers.join(" "),
                step.memory.to_string(),
            ]);
        }
        table
    }

    fn more(&self) -> String {
        match self.steps.len().saturating_sub(ROWS) {
            0 => String::new(),
            more => format!("… ещё шагов: {more}"),
        }
    }

    fn meaning(&self) -> Vec<String> {
        let (expected, result) = (self.expected(), self.result());
        if expected == result {
            return sentence::wrap(
                &format!(
                    "Ожидали {expected}, вышло {result}: ни одно обновление \
                     не потеряно, потому что каждый store записал на единицу \
                     больше того, что было в памяти."
                ),
                0,
            );
        }
        let mut lines =
            vec![format!("Ожидали {expected}, вышло {result}. Потеряно:")];
        for lost in self.lost.iter().take(EXPLAINED) {
            let by = &self.steps[lost.overwritten - 1];
            let text = format!(
                "  обновление потока {} (шаг {}): его стёр шаг {}, {}:store, \
                 потому что поток {} загрузил {} ещё на шаге {}",
                lost.thread,
                lost.stored,
                lost.overwritten,
                by.thread,
                by.thread,
                by.value - 1,
                lost.loaded,
            );
            lines.extend(sentence::wrap(&text, 4));
        }
        if let more @ 1.. = self.lost.len().saturating_sub(EXPLAINED) {
            lines.push(format!("  … ещё обновлений: {more}"));
        }
        lines
    }

    /// Shows the steps under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::race::replay("1:load 1:store")?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let html = self.table().to_html()
            + &display::paragraph(&self.more())
            + &display::preformatted(&self.meaning().join("\n"));
        display::blocks(Some(&html), &self.to_string());
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.table().to_lines();
        lines.push(self.more());
        lines.extend(self.meaning());
        display::write_lines(f, lines)
    }
}
