//! How the end of a duel shows itself.

use std::fmt;

use super::deadlock::Deadlock;
use super::duel::{Duel, Strategy};
use crate::display;
use crate::sentence::{self, grouped, measured};

impl Duel {
    fn figures(&self) -> String {
        format!(
            "переводов {} из {} за {}; денег было {}, стало {}",
            grouped(self.made),
            grouped(self.asked),
            measured(self.elapsed),
            self.total.0,
            self.total.1,
        )
    }

    /// How often a thread gave way, where it could.
    fn gave_way(&self) -> String {
        match self.strategy {
            Strategy::WithTryLock => format!(
                "уступок {}: второй замок занят, первый отдан, всё сначала",
                grouped(self.retries)
            ),
            _ => String::new(),
        }
    }

    fn meaning(&self) -> &'static str {
        if self.deadlock.is_some() {
            return "Столкновение здесь подстроено: взяв по одному замку, \
                    потоки дождались друг друга и только потом попросили \
                    второй. Без этого оно редкое, но возможно всегда.";
        }
        if self.made < self.asked {
            return "Закончить не успели: время вышло. Взаимной блокировки \
                    не было.";
        }
        match self.strategy {
            Strategy::InCallOrder => {
                "На этот раз потоки не столкнулись, но порядок замков у них \
                 разный: блокировка возможна всегда."
            }
            Strategy::InFixedOrder => {
                "Блокировки быть не может: оба потока берут замки в одном \
                 порядке, и тот, кто взял первый, второй получит."
            }
            Strategy::WithTryLock => {
                "Блокировки быть не может: держа один замок, второго никто не \
                 ждёт. Цена – попытки впустую."
            }
            Strategy::UnderOneLock => {
                "Блокировки быть не может: счета трогает только тот, у кого \
                 общий замок. Цена – переводы идут по одному."
            }
        }
    }

    /// Shows the result under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::lock::{self, Strategy};
    ///
    /// lock::duel(Strategy::WithTryLock, 10)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for Duel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headline = format!("переводы A→B и B→A: {}", self.strategy);
        let mut lines = vec![headline];
        lines.extend(self.deadlock.as_ref().map(Deadlock::to_string));
        lines.extend(sentence::wrap(&self.figures(), 2));
        lines.push(self.gave_way());
        lines.extend(sentence::wrap(self.meaning(), 0));
        display::write_lines(f, lines)
    }
}
