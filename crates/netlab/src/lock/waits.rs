//! All named locks in a table.

use std::fmt;

use super::graph::graph;
use crate::display::{self, Table};

/// How many locks are shown.
const ROWS: usize = 12;

/// The named locks of this process, at one moment. See [`waits()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    lock: String,
    owner: Option<String>,
    waiters: Vec<String>,
}

/// Looks at all [`Named`](super::Named) locks: who owns them, who waits.
///
/// # Examples
///
/// ```
/// use netlab::lock::{self, Named};
///
/// let account = Named::new("счёт A", 100);
/// let guard = account.lock()?;
/// println!("{}", lock::waits());
/// # drop(guard);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn waits() -> Waits {
    let graph = graph();
    let rows = graph.entries().map(|entry| Row {
        lock: entry.name.to_string(),
        owner: entry.owner.as_ref().map(|owner| owner.name.to_string()),
        waiters: entry
            .waiters
            .iter()
            .map(|waiter| waiter.name.to_string())
            .collect(),
    });
    Waits {
        rows: rows.collect(),
    }
}

impl Waits {
    /// Returns the name of the thread that owns a lock of this name.
    pub fn owner(&self, lock: &str) -> Option<&str> {
        self.named(lock).find_map(|row| row.owner.as_deref())
    }

    /// Returns the names of the threads that wait for a lock of this name.
    pub fn waiters(&self, lock: &str) -> Vec<&str> {
        self.named(lock)
            .flat_map(|row| row.waiters.iter().map(String::as_str))
            .collect()
    }

    fn named(&self, lock: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.lock == lock)
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&["замок", "владелец", "ждут"]);
        // Those that matter first: long lessons leave many locks behind.
        let busy = |row: &&Row| row.owner.is_some();
        let rows = self.rows.iter().filter(busy);
        let free = self.rows.iter().filter(|row| !busy(row));
        for row in rows.chain(free).take(ROWS) {
            let or_dash = |text: String| match text.is_empty() {
                true => "–".to_owned(),
                false => display::one_line(&text),
            };
            table.row(vec![
                display::one_line(&row.lock),
                or_dash(row.owner.clone().unwrap_or_default()),
                or_dash(row.waiters.join(", ")),
            ]);
        }
        table
    }

    fn more(&self) -> String {
        match self.rows.len() {
            0 => "именованных замков нет".to_owned(),
            rows if rows > ROWS => format!("… ещё {}", rows - ROWS),
            _ => String::new(),
        }
    }

    /// Shows the table under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::lock::waits().evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let html = self.table().to_html() + &display::paragraph(&self.more());
        display::blocks(Some(&html), &self.to_string());
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.table().to_lines();
        lines.push(self.more());
        display::write_lines(f, lines)
    }
}
