//! Cells are written as rustfmt writes them, so that a line that was saved
//! by golf is seen.

use anyhow::Result;

use super::Findings;
use super::code::columns;
use super::notebook::{Cell, Kind, Notebook};
use super::rustfmt::{INDENT, Outcome, format};

/// Checks the code cells of a notebook, or writes them anew.
///
/// # Errors
///
/// When rustfmt can't be run.
pub(super) fn check(
    notebook: &mut Notebook,
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let places: Vec<_> = (0..notebook.cells.len())
        .filter(|place| is_formatted(&notebook.cells[*place]))
        .collect();
    let sources: Vec<_> = places
        .iter()
        .map(|place| notebook.cells[*place].source.as_str())
        .collect();
    let width = columns(notebook) + INDENT.len();
    let formatted = format(&sources, width)?;
    for (place, outcome) in places.into_iter().zip(formatted) {
        let cell = &notebook.cells[place];
        let must_fail = !cell.netlab("expect").is_null();
        match outcome {
            Outcome::Written(fresh) if fresh != cell.source => {
                if fix {
                    notebook.set_source(place, &fresh);
                } else {
                    findings.add_cell(
                        &notebook.file,
                        &cell.id,
                        difference(&cell.source, &fresh),
                    );
                }
            }
            Outcome::Rejected(reason) if !must_fail => findings.add_cell(
                &notebook.file,
                &cell.id,
                format!("rustfmt can't read it: {reason}"),
            ),
            Outcome::Written(_) | Outcome::Rejected(_) => {}
        }
    }
    Ok(())
}

/// Commands of the kernel, `:dep`, are no Rust.
fn is_formatted(cell: &Cell) -> bool {
    cell.kind == Kind::Code
        && !cell.source.trim().is_empty()
        && !cell.source.lines().any(is_command)
}

fn is_command(line: &str) -> bool {
    line.starts_with(':') && !line.starts_with("::")
}

fn difference(source: &str, fresh: &str) -> String {
    let pairs = source.lines().zip(fresh.lines());
    let same = pairs.take_while(|(own, fresh)| own == fresh).count();
    let lines = fresh.lines().count();
    let there = match fresh.lines().nth(same) {
        Some(line) => format!("writes `{}`", line.trim()),
        None => "ends".to_owned(),
    };
    format!(
        "is not as rustfmt writes it, in {lines} lines: in line {} it {there}; \
         `cargo lab check --fix` does that",
        same + 1
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{self, code, with};
    use super::*;

    #[test]
    fn golf_is_found_and_mended() {
        let cells = [code("slide", "for x in y { f(x) }")];
        let mut notebook = sample::notebook("01-a.ipynb", &cells);
        let mut problems = |fix| {
            sample::problems(|findings| {
                check(&mut notebook, fix, findings).unwrap();
            })
        };
        assert!(problems(false)[0].contains("in 3 lines"));
        assert!(problems(true).is_empty());
        assert!(problems(false).is_empty());
    }

    #[test]
    fn commands_and_cells_that_must_fail_are_no_findings() {
        let fails = code("slide", "let = ;");
        let cells = [
            code("slide", ":dep netlab = {  path = \"..\" }\nlet a=1;"),
            with(fails.clone(), "expect", json!("error")),
            fails,
        ];
        let mut notebook = sample::notebook("01-a.ipynb", &cells);
        let found = sample::problems(|findings| {
            check(&mut notebook, false, findings).unwrap();
        });
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("rustfmt can't read it"), "{found:?}");
    }
}
