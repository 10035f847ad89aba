//! The report of the detector.

use std::error::Error;
use std::fmt;
use std::io;

use crate::display;
use crate::sentence;

/// How many threads of a circle are shown.
const ROWS: usize = 5;

/// A circle of threads that would wait for each other for ever.
///
/// [`Named::lock`](super::Named::lock) returns it instead of waiting. `?` turns
/// it into an [`io::Error`] of the kind `Deadlock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    /// The waits of the circle. The first is the thread that got this error;
    /// each waits for a lock of the next one, the last for one of the first.
    pub circle: Vec<Wait>,
}

/// One thread of a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The name of the thread.
    pub thread: String,
    /// The names of the locks that it holds.
    pub holds: Vec<String>,
    /// The name of the lock that it waits for.
    pub wants: String,
    /// The name of the thread that owns this lock.
    pub owner: String,
}

impl Deadlock {
    fn meaning(&self) -> String {
        match self.circle.as_slice() {
            [] => String::new(),
            [only] => format!(
                "Поток «{}» ждал бы сам себя, вечно: обычный Mutex нельзя взять \
                 дважды. Поэтому lock() вернул ошибку.",
                only.thread
            ),
            [last, ..] => format!(
                "Круг замкнулся: каждый ждёт замка, который отдадут только \
                 после него, и ни один не дождётся. Последним просил «{}»: ему \
                 lock() вернул ошибку вместо вечного ожидания.",
                last.thread
            ),
        }
    }

    /// Shows the circle under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::lock::Named;
    ///
    /// let account = Named::new("счёт A", 100);
    /// let guard = account.lock()?;
    /// account.lock().unwrap_err().evcxr_display();
    /// # drop(guard);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds: Vec<String> = self
            .holds
            .iter()
            .map(|name| format!("«{}»", display::one_line(name)))
            .collect();
        let holds = match holds.is_empty() {
            true => "ничего не держит".to_owned(),
            false => format!("держит {}", holds.join(", ")),
        };
        write!(
            f,
            "поток «{}» {holds} и ждёт «{}», а он у потока «{}»",
            display::one_line(&self.thread),
            display::one_line(&self.wants),
            display::one_line(&self.owner),
        )
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec!["взаимная блокировка (deadlock):".to_owned()];
        for wait in self.circle.iter().take(ROWS) {
            lines.extend(sentence::wrap(&format!("  {wait}"), 4));
        }
        if let more @ 1.. = self.circle.len().saturating_sub(ROWS) {
            lines.push(format!("  … ещё потоков: {more}"));
        }
        lines.extend(sentence::wrap(&self.meaning(), 0));
        display::write_lines(f, lines)
    }
}

impl Error for Deadlock {}

impl From<Deadlock> for io::Error {
    fn from(deadlock: Deadlock) -> Self {
        Self::new(io::ErrorKind::Deadlock, deadlock)
    }
}
