//! How a meter shows itself: figures, a histogram, and what they mean.

use std::fmt;

use super::histogram;
use super::meter::{Counter, LIMIT, Meter};
use crate::display;
use crate::sentence::{self, count, grouped, percent};

const RUNS: [&str; 3] = ["прогон", "прогона", "прогонов"];

impl Meter {
    fn headline(&self) -> String {
        let runs = count(self.runs() as u64, RUNS);
        let made = match self.asked {
            asked if asked == self.runs() => runs,
            asked => format!(
                "{runs} из {asked} (дольше {} не ждём)",
                display::seconds(LIMIT)
            ),
        };
        format!(
            "{}: {made}, {} по {}",
            self.counter,
            count(self.threads as u64, ["поток", "потока", "потоков"]),
            count(
                self.increments,
                ["прибавлению", "прибавления", "прибавлений"]
            ),
        )
    }

    fn figures(&self) -> String {
        format!(
            "ожидали {}; вышло от {} до {}, медиана {}",
            grouped(self.expected()),
            grouped(self.min()),
            grouped(self.max()),
            grouped(self.median()),
        )
    }

    /// What happened and why, in a sentence or two.
    fn meaning(&self) -> String {
        let lost = self.runs_that_lost() as u64;
        if lost > 0 && self.counter == Counter::LoadStore {
            let all = self.expected() * self.runs() as u64;
            return format!(
                "Обновления терялись: {} из {}, всего пропало {} ({}). \
                 Поток сохранял число, посчитанное по устаревшему значению, \
                 и стирал то, что за это время записали другие.",
                count(lost, RUNS),
                grouped(self.runs() as u64),
                grouped(self.lost()),
                percent(self.lost(), all),
            );
        }
        if lost > 0 {
            return "Потеряны обновления, а этого быть не может: здесь ошибка \
                    в самом netlab."
                .to_owned();
        }
        match self.counter {
            Counter::LoadStore if self.threads == 1 => {
                "Поток один: вмешаться между load и store некому.".to_owned()
            }
            Counter::LoadStore => format!(
                "На этот раз не потеряно ничего, но это везение, а не \
                 правильность (ядер процессора: {}): другой поток вправе вмешаться \
                 между load и store. Расписание, при котором обновление \
                 пропадает всегда, покажет race::schedules(2, 1).",
                self.cores
            ),
            Counter::FetchAdd => {
                "Не потеряно ничего, и это не везение: fetch_add читает, \
                 прибавляет и пишет одним неделимым действием."
                    .to_owned()
            }
            Counter::Mutex => {
                "Не потеряно ничего, и это не везение: пока один поток держит \
                 замок, другой не может ни прочитать число, ни записать."
                    .to_owned()
            }
            Counter::PerThread => {
                "Не потеряно ничего, и это не везение: пока потоки считают, \
                 общего у них нет, а суммы складывает fetch_add."
                    .to_owned()
            }
        }
    }

    /// Shows the histogram under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::race::{self, Counter};
    ///
    /// race::meter(Counter::Mutex, 10, 2, 100)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = sentence::wrap(&self.headline(), 2);
        lines.extend(sentence::wrap(&self.figures(), 2));
        lines.extend(histogram::lines(&self.results, self.expected()));
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
