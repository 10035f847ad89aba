//! The names of this session: which cell has made each, and what has become
//! of it since.

mod owners;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::definitions::{self, Definition};
pub(crate) use wanted::Wanted;

/// How a cell has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    /// By a panic or a failed `?`.
    Failed,
    Interrupted,
    /// Interrupted before the engine was ready for it.
    NotBegun,
    NotCompiled,
    /// With the process of the cells.
    Died,
}

/// A cell that was executed, and the variables with their types after it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) number: u64,
    /// What stands in the brackets of `In[]`; 0 for what happened in between.
    pub(crate) count: u32,
    pub(crate) code: String,
    pub(crate) end: End,
    pub(crate) variables: BTreeMap<String, String>,
    /// What its statements and items define: every later error asks for it.
    made: Vec<Definition>,
}

impl Run {
    /// A cell with this number and this count.
    pub(crate) fn new(
        (number, count): (u64, u32),
        code: &str,
        end: End,
        variables: BTreeMap<String, String>,
    ) -> Self {
        Self {
            number,
            count,
            code: code.to_owned(),
            end,
            variables,
            made: definitions::of(code),
        }
    }
}

/// All cells of the session.
#[derive(Default)]
pub(crate) struct Namespace(Mutex<Vec<Run>>);

/// What has become of a name, with the numbers in the brackets of the cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is a variable, and there.
    Variable,
    /// It is there, and no variable.
    There { made: u32 },
    /// The cell that makes it has not come to its end.
    NotMade { made: u32, end: End },
    /// The process died, in this cell or between two.
    Died { made: u32, during: Option<u32> },
    /// A later cell has moved it out, or the one that made it.
    Moved { made: u32, by: u32, of: String },
    /// A later cell was to make it anew and failed.
    Overwritten { made: u32, by: u32 },
    /// A later cell has defined its type anew.
    Redefined { made: u32, by: u32 },
    /// By `:clear`.
    Cleared { made: u32 },
    /// It went with the definition of its type, which is another one since.
    Replaced { made: u32, by: u32 },
}

impl Namespace {
    /// Adds a cell that has been executed.
    pub(crate) fn add(&self, run: Run) {
        self.0.lock().unwrap().push(run);
    }

    /// The variables are lost, because the process has ended between cells.
    pub(crate) fn died(&self) {
        self.add(Run::new((0, 0), "", End::Died, BTreeMap::new()));
    }

    /// Whether any cell that defines something was executed to its end.
    pub(crate) fn is_fresh(&self) -> bool {
        let runs = self.0.lock().unwrap();
        !runs
            .iter()
            .any(|run| run.end == End::Done && !run.made.is_empty())
    }

    /// What has become of a name that a cell of this session makes; of the
    /// cell that ran last, nothing counts.
    pub(crate) fn fate(&self, wanted: &Wanted) -> Option<Fate> {
        let runs = self.0.lock().unwrap();
        let (_, runs) = runs.split_last()?;
        let mut makers =
            runs.iter().enumerate().rev().filter_map(|(at, run)| {
                let is_variable =
                    run.made.iter().rfind(|made| wanted.is(made))?;
                let is_variable =
                    matches!(is_variable, Definition::Variable(_));
                Some((at, is_variable))
            });
        // A cell that has not come to run has changed nothing.
        let latest = makers.next()?;
        let compiled = std::iter::once(latest).chain(makers).find(|(at, _)| {
            !matches!(runs[*at].end, End::NotBegun | End::NotCompiled)
        });
        match compiled {
            Some((at, true)) => Some(fate_of_variable(wanted, &runs[at..])),
            Some((at, false)) => Some(fate_of_item(wanted, &runs[at..])),
            None => Some(Fate::NotMade {
                made: runs[latest.0].count,
                end: runs[latest.0].end,
            }),
        }
    }
}

/// What has become of a variable that the first of these cells makes.
fn fate_of_variable(wanted: &Wanted, runs: &[Run]) -> Fate {
    let Wanted::Name(name) = wanted else {
        return Fate::Variable;
    };
    let made = runs[0].count;
    match runs[0].end {
        End::Done => {}
        End::Died => {
            return Fate::Died {
                made,
                during: Some(made),
            };
        }
        end => return Fate::NotMade { made, end },
    }
    let Some(lost) = runs.iter().find(|run| !run.variables.contains_key(name))
    else {
        return Fate::Variable;
    };
    let by = lost.count;
    let before = runs[0].variables.get(name);
    match lost.end {
        End::Died => Fate::Died {
            made,
            during: (by != 0).then_some(by),
        },
        End::Failed | End::Interrupted => Fate::Overwritten { made, by },
        _ if is_cleared(lost) => Fate::Cleared { made },
        _ if before.is_some_and(|of| is_redefined(of, lost)) => {
            Fate::Redefined { made, by }
        }
        _ => Fate::Moved {
            made,
            by,
            // Moved by the cell itself, it was never asked for its type.
            of: before
                .cloned()
                .or_else(|| definitions::written_type(&runs[0].code, name))
                .unwrap_or_default(),
        },
    }
}

/// What has become of an item that the first of these cells makes: it outlives
/// panics and processes, but not the process in its own cell.
fn fate_of_item(wanted: &Wanted, runs: &[Run]) -> Fate {
    let made = runs[0].count;
    match runs[0].end {
        End::Died => Fate::NotMade {
            made,
            end: End::Died,
        },
        _ if runs[1..].iter().any(is_cleared) => Fate::Cleared { made },
        _ => match runs[1..].iter().rfind(|run| wanted.is_of_type_in(run)) {
            Some(run) => Fate::Replaced {
                made,
                by: run.count,
            },
            None => Fate::There { made },
        },
    }
}

fn is_cleared(run: &Run) -> bool {
    run.end == End::Done && run.code.lines().any(|line| line.trim() == ":clear")
}

/// Whether the cell defines a type of that name.
fn is_redefined(of: &str, run: &Run) -> bool {
    run.made.iter().any(|made| match made {
        Definition::Item(name) => of
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|part| part == name),
        _ => false,
    })
}

#[cfg(test)]
#[path = "namespace/tests.rs"]
mod tests;
