//! The tree as text.

use std::fmt;

use super::{ProcessInfo, ProcessTree};
use crate::display;

/// How many processes are shown.
pub(super) const ROWS: usize = 12;

/// How many addresses of one process are shown.
const ADDRESSES: usize = 2;

impl ProcessTree {
    /// What the tree as a whole says.
    pub(super) fn summary(&self) -> String {
        match self.len() {
            0 => "процессов нет".to_owned(),
            count => {
                format!("процессов: {count}, зомби: {}", self.zombies())
            }
        }
    }

    /// The tree with at most `most` processes, and the summary.
    pub(crate) fn in_lines(&self, most: usize) -> String {
        let rows = (0..self.len().min(most)).map(|row| self.line(row));
        let end = [self.more(most), self.summary()];
        let lines = rows.chain(end).filter(|line| !line.is_empty());
        lines.collect::<Vec<String>>().join("\n")
    }

    /// The line for the processes that are not shown; empty for none.
    pub(super) fn more(&self, most: usize) -> String {
        match self.len().saturating_sub(most) {
            0 => String::new(),
            more => format!("… ещё {more}"),
        }
    }

    fn line(&self, row: usize) -> String {
        let process = &self.processes[row];
        let branches = self.branches(row);
        let title = process.title();
        format!("{branches}{title}: {}", process.details())
    }

    /// The lines that lead from the parents to this row.
    fn branches(&self, row: usize) -> String {
        let Some(mut parent) = self.parent_of(row) else {
            return String::new();
        };
        let corner = if self.is_last(row) {
            "└─ "
        } else {
            "├─ "
        };
        let mut columns = vec![corner];
        while let Some(grandparent) = self.parent_of(parent) {
            columns.push(if self.is_last(parent) { "   " } else { "│  " });
            parent = grandparent;
        }
        columns.into_iter().rev().collect()
    }

    /// Whether no sibling of this row comes after it.
    fn is_last(&self, row: usize) -> bool {
        let parent = self.processes[row].parent;
        let mut later = self.processes[row + 1..].iter();
        later.all(|other| other.parent != parent)
    }
}

impl ProcessInfo {
    /// Who it is: «4711 сервер».
    pub(super) fn title(&self) -> String {
        let command = display::one_line(&self.command);
        format!("{} {}", self.pid, self.role.unwrap_or(&command))
    }

    /// What it does: «ждёт, слушает :5555, ← :43210».
    ///
    /// Ports only: all of it happens on one machine.
    pub(super) fn details(&self) -> String {
        let mut details = self.state.to_owned();
        for addr in self.listening.iter().take(ADDRESSES) {
            details += &format!(", слушает :{}", addr.port());
        }
        for addr in self.connections.iter().take(ADDRESSES) {
            details += &format!(", ← :{}", addr.port());
        }
        let all = [self.listening.len(), self.connections.len()];
        let more = all.map(|count| count.saturating_sub(ADDRESSES));
        match more.iter().sum() {
            0 => details,
            more @ 1_usize.. => format!("{details}, … ещё {more}"),
        }
    }
}

impl fmt::Display for ProcessTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_lines(ROWS))
    }
}
