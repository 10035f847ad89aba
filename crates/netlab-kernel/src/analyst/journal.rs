//! What a new analyst has to be told before it knows the session.

use std::collections::VecDeque;

use super::message::{Request, Variable};
use super::mirror;

/// How much is kept of what cells have defined; the oldest is forgotten.
const ROOM: usize = 4 << 20;

/// The cells so far, as far as the analyst is to know them.
#[derive(Default)]
pub(super) struct Journal {
    mirrored: VecDeque<String>,
    variables: Vec<Variable>,
    bytes: usize,
}

impl Journal {
    /// Takes over a cell; gives what the analyst has to be told of it.
    pub(super) fn cell(&mut self, code: &str) -> Option<Request> {
        let code = mirror::of_cell(code);
        if code.is_empty() {
            return None;
        }
        if mirror::clears(&code) {
            self.mirrored.clear();
            self.bytes = 0;
        }
        // A cell that runs again defines again what it has defined.
        if let Some(known) = self.mirrored.iter().position(|it| *it == code) {
            self.mirrored.remove(known);
            self.bytes -= code.len();
        }
        self.bytes += code.len();
        self.mirrored.push_back(code.clone());
        while self.bytes > ROOM
            && let Some(oldest) = self.mirrored.pop_front()
        {
            self.bytes -= oldest.len();
        }
        Some(Request::Mirror { code })
    }

    /// Takes over the variables; gives what the analyst has to be told.
    pub(super) fn variables(&mut self, all: Vec<Variable>) -> Option<Request> {
        if self.variables == all {
            return None;
        }
        self.variables.clone_from(&all);
        Some(Request::Variables { all })
    }

    /// Everything, for an analyst that knows nothing.
    pub(super) fn everything(&self) -> impl Iterator<Item = Request> {
        let cells = self.mirrored.iter().cloned();
        let variables = Request::Variables {
            all: self.variables.clone(),
        };
        cells
            .map(|code| Request::Mirror { code })
            .chain((!self.variables.is_empty()).then_some(variables))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(journal: &Journal) -> Vec<String> {
        journal
            .everything()
            .map(|request| match request {
                Request::Mirror { code } => code,
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn cell_that_runs_again_is_told_once() {
        let mut journal = Journal::default();
        for code in ["fn f() {}", "fn g() {}", "f()", "fn f() {}"] {
            journal.cell(code);
        }
        assert_eq!(told(&journal), ["fn g() {}\n", "fn f() {}\n"]);
    }

    #[test]
    fn nothing_before_a_clear_is_told() {
        let mut journal = Journal::default();
        for code in ["fn f() {}", ":clear", "fn g() {}"] {
            journal.cell(code);
        }
        assert_eq!(told(&journal), [":clear\n", "fn g() {}\n"]);
    }

    #[test]
    fn variables_are_told_when_they_change_and_after_the_cells() {
        let mut journal = Journal::default();
        let x = || vec![Variable::of(("x", "i32"))];
        assert!(journal.variables(Vec::new()).is_none());
        assert!(journal.variables(x()).is_some());
        assert!(journal.variables(x()).is_none());
        journal.cell("fn f() {}");
        let told = told(&journal);
        assert_eq!(told.len(), 2);
        assert!(told[1].contains("i32"), "{told:?}");
        assert!(journal.variables(Vec::new()).is_some());
    }

    #[test]
    fn oldest_cells_are_forgotten() {
        let mut journal = Journal::default();
        let long = "/".repeat(ROOM / 3);
        for name in ["f", "g", "h", "i"] {
            journal.cell(&format!("fn {name}() {{ {long}\n}}"));
        }
        let told = told(&journal);
        assert_eq!(told.len(), 2, "and the rest is forgotten");
        assert!(told[1].starts_with("fn i"));
    }
}
