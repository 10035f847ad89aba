//! rustfmt, for cells.
//!
//! A cell is no file: it has statements and ends with an expression. Each one
//! becomes the body of a function, all of them one text, because a process
//! for each cell would take as long as the rest of the linter.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use super::rust_text::{Class, classes};

/// How deep the body of a function stands.
pub(super) const INDENT: &str = "    ";

/// What became of one cell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Written(String),
    /// It is no Rust; why not.
    Rejected(String),
}

/// Formats cells; `width` is that of the function around each. One that can't
/// be parsed spoils the text of all, so halves are tried until it is alone.
///
/// # Errors
///
/// When rustfmt can't be run.
pub(super) fn format(cells: &[&str], width: usize) -> Result<Vec<Outcome>> {
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    match rustfmt(&functions(cells), width)? {
        Ok(text) => {
            let bodies = bodies(&text);
            if bodies.len() == cells.len() {
                return Ok(bodies.into_iter().map(Outcome::Written).collect());
            }
        }
        Err(reason) if cells.len() == 1 => {
            return Ok(vec![Outcome::Rejected(reason)]);
        }
        Err(_) => {}
    }
    if cells.len() == 1 {
        // Its braces close the function and open another one.
        return Ok(vec![Outcome::Rejected("its braces don't match".into())]);
    }
    let (first, second) = cells.split_at(cells.len() / 2);
    let mut outcomes = format(first, width)?;
    outcomes.extend(format(second, width)?);
    Ok(outcomes)
}

const BEGIN: &str = "fn cell_of_the_notebook() {\n";
const END: &str = "\n}\n";

fn functions(cells: &[&str]) -> String {
    let bodies = cells.iter().map(|cell| {
        let indented = by_line(cell, |line| match line {
            "" => String::new(),
            line => format!("{INDENT}{line}"),
        });
        format!("{BEGIN}{indented}{END}")
    });
    bodies.collect::<Vec<_>>().join("\n")
}

fn bodies(functions: &str) -> Vec<String> {
    let parts = functions.split(BEGIN).skip(1);
    parts
        .filter_map(|part| {
            let body = part.trim_end().strip_suffix("\n}")?;
            Some(by_line(body, |line| {
                line.strip_prefix(INDENT).unwrap_or(line).to_owned()
            }))
        })
        .collect()
}

/// Rewrites each line that does not begin inside a string: the spaces there
/// are what the program prints.
fn by_line(source: &str, rewrite: impl Fn(&str) -> String) -> String {
    let classes = classes(source);
    let mut start = 0;
    let lines = source.split('\n').map(|line| {
        // The end of the line before belongs to the string as well.
        let in_a_string = start > 0
            && classes[start - 1] == Class::Text
            && classes.get(start) == Some(&Class::Text);
        start += line.len() + 1;
        match in_a_string {
            true => line.to_owned(),
            false => rewrite(line),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What rustfmt makes of a text, or its complaint.
fn rustfmt(text: &str, width: usize) -> Result<Result<String, String>> {
    let missing = "rustfmt can't be run, and cells are checked with it: \
                   `rustup component add rustfmt`";
    let config = format!("max_width={width},use_small_heuristics=Max");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", &config])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(missing)?;
    let mut stdin = rustfmt.stdin.take().expect("stdin is piped");
    // Beside it: a long answer would block rustfmt before it has read all. It
    // stops reading where it fails, which its exit code says.
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text.as_bytes()));
        rustfmt.wait_with_output()
    })
    .context(missing)?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8(output.stdout)?));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // So does the stand-in of rustup for a component that is not there.
    if said.contains("not installed") {
        bail!("{missing}");
    }
    let reason = said.lines().next().unwrap_or("it says nothing");
    Ok(Err(reason.trim_start_matches("error: ").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(cells: &[&str]) -> Vec<Outcome> {
        format(cells, 64).unwrap()
    }

    fn written(cell: &str) -> Outcome {
        Outcome::Written(cell.to_owned())
    }

    #[test]
    fn cells_of_a_notebook_are_written_as_rustfmt_does() {
        let cells = ["let a=1;\na", "fn f() { g(); h() }", "{\n    f();\n};"];
        let wanted = [
            written("let a = 1;\na"),
            written("fn f() {\n    g();\n    h()\n}"),
            written("{\n    f();\n};"),
        ];
        assert_eq!(formatted(&cells), wanted);
    }

    #[test]
    fn spaces_in_a_string_stay() {
        let cell = "let page = \"раз\n    два\ntри \\\n     четыре\";";
        assert_eq!(formatted(&[cell]), [written(cell)]);
        let raw = "let page = r#\"\n  \"x\"\n    y\n\"#;";
        assert_eq!(formatted(&[raw]), [written(raw)]);
    }

    #[test]
    fn what_rustfmt_leaves_alone_is_left_alone() {
        let cell = "select! {\n  a = f() => g(),\n      b = h() => (),\n}";
        assert_eq!(formatted(&[cell]), [written(cell)]);
    }

    #[test]
    fn cell_that_is_no_rust_spoils_no_other() {
        let found = formatted(&["let a=1;", "let = ;", "}", "let b=1;"]);
        assert_eq!(found[0], written("let a = 1;"));
        assert!(matches!(found[1], Outcome::Rejected(_)), "{found:?}");
        assert!(matches!(found[2], Outcome::Rejected(_)), "{found:?}");
        assert_eq!(found[3], written("let b = 1;"));
    }
}
