//! What the rules have to say.

use std::fmt;

/// One thing that is wrong, and where.
pub(super) struct Finding {
    pub(super) file: String,
    cell: Option<String>,
    problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => write!(f, "{} [{cell}]: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

/// What the rules have found so far.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, file: &str, problem: impl Into<String>) {
        self.0.push(Finding {
            file: file.to_owned(),
            cell: None,
            problem: problem.into(),
        });
    }

    pub(super) fn add_cell(
        &mut self,
        file: &str,
        cell: &str,
        problem: impl Into<String>,
    ) {
        self.0.push(Finding {
            file: file.to_owned(),
            cell: Some(cell.to_owned()),
            problem: problem.into(),
        });
    }
}
