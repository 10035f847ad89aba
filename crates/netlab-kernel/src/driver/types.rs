//! The types of the variables of the cells, found by the compiler.
//!
//! `evcxr` must write down the type of every variable, and asks rust-analyzer
//! for it, which has to read the standard library and all dependencies first.
//! The compiler knows the type anyhow. So the front end gives each new variable
//! a type whose name stands for "not known yet" (`NetlabType7`), and nobody
//! but `evcxr` ever sees that name:
//!
//! - In the cell that makes the variable, the compiler infers the type where
//!   the variable is stored, and writes it down with the MIR of the cell.
//! - In all later cells the name is replaced by that type.
//!
//! The types that are known lie in a file, because a cell is compiled by the
//! service or, when that can't, by a process that stands for cargo.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

mod name;
mod proof;
mod refusal;
mod source;

use proof::holds;
pub(super) use refusal::refusal;
pub(super) use source::Source;

/// Where the compiler writes the MIR of a cell, in the directory of the driver.
pub(super) const MIR: &str = "cell.mir";

/// The types that are known; one line for each, the number first.
const FILE: &str = "types";

/// How the name of a type begins that is not known yet.
pub(crate) const UNKNOWN: &str = "NetlabType";

/// What `evcxr` writes to store a variable, and what becomes of it.
const STORE: &str = "evcxr_variable_store.put_variable";

/// The types that have been found so far.
#[derive(Debug, Default)]
pub(crate) struct Types(BTreeMap<u64, String>);

/// A cell in which every name stands for a type that the compiler knows.
#[derive(Debug, PartialEq)]
pub(super) struct Typed {
    pub(super) text: String,
    /// What the compiler is asked for.
    open: Vec<Open>,
}

/// A type that the compiler is to find.
#[derive(Debug, PartialEq)]
struct Open {
    number: u64,
    /// Where the variable is stored.
    line: usize,
}

/// What came of a cell that was compiled.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    All,
    /// A function must be stored as a pointer, which changes the cell.
    Again,
    /// The variable stored in this line has a type that no cell can name.
    Nameless(usize),
}

impl Types {
    /// Reads what is known in the directory of the driver.
    pub(crate) fn load(directory: &Path) -> Self {
        let text = fs::read_to_string(directory.join(FILE)).unwrap_or_default();
        let known = text.lines().filter_map(|line| {
            let (number, name) = line.split_once(' ')?;
            Some((number.parse().ok()?, name.to_owned()))
        });
        Self(known.collect())
    }

    fn add(
        &mut self,
        directory: &Path,
        number: u64,
        name: String,
    ) -> io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(directory.join(FILE))?;
        file.write_all(format!("{number} {name}\n").as_bytes())?;
        self.0.insert(number, name);
        Ok(())
    }

    /// A text of `evcxr` with the types in place of their names.
    pub(crate) fn whole(&self, text: &str) -> String {
        replace(text, |number| self.0.get(&number).cloned())
    }

    /// A text of `evcxr` with the types in place of their names, short enough
    /// to read.
    pub(crate) fn readable(&self, text: &str) -> String {
        replace(text, |number| self.0.get(&number).map(|t| name::short(t)))
    }

    /// The cell as the compiler is to see it; lines and columns of what the
    /// user wrote stay as they are.
    pub(super) fn put_into(&self, cell: &str) -> Typed {
        let mut open = Vec::new();
        let mut text = String::with_capacity(cell.len());
        for (index, whole) in cell.split_inclusive('\n').enumerate() {
            let line = whole.trim_end_matches('\n');
            if !line.contains(UNKNOWN) {
                text.push_str(whole);
                continue;
            }
            let written = match question(line) {
                // Only `evcxr` is to see it.
                Some(Line::Binding { comment }) => comment.to_owned(),
                Some(Line::Store { number, variable })
                    if !self.0.contains_key(&number) =>
                {
                    open.push(Open {
                        number,
                        line: index + 1,
                    });
                    format!(
                        "{STORE}(stringify!({variable}), \
                         (move || {variable})());/*{UNKNOWN}{number}*/"
                    )
                }
                Some(Line::Store { number, variable }) => format!(
                    "{STORE}::<{}>(stringify!({variable}), {variable});",
                    self.0[&number]
                ),
                None => self.whole(line),
            };
            text.push_str(&written);
            text.push_str(&whole[line.len()..]);
        }
        Typed { text, open }
    }
}

impl Typed {
    /// Whether the compiler is asked for a type.
    pub(super) fn asks(&self) -> bool {
        !self.open.is_empty()
    }

    /// Takes the types from the MIR in `directory`. The cell can name what
    /// lies in the crates `externs`; `holds` tells whether it really can.
    ///
    /// # Errors
    ///
    /// When the compiler has written none, or the file of the known types
    /// can't be written.
    pub(super) fn find(
        &self,
        types: &mut Types,
        directory: &Path,
        externs: &[&str],
        holds: impl Fn(&str) -> bool,
    ) -> io::Result<Found> {
        let mut found = Found::All;
        let mir = fs::read_to_string(directory.join(MIR))?;
        for open in &self.open {
            let Some(name) = stored_in(&mir, open.line) else {
                return Ok(Found::Nameless(open.line));
            };
            if let Some(pointer) = name::of_function(name) {
                types.add(directory, open.number, pointer.to_owned())?;
                found = Found::Again;
                continue;
            }
            let text = name::text(name);
            let is_proven = name::lies_in_std(name)
                || types.0.values().any(|known| *known == text);
            let is_good = name::can_be_written(name, &self.text, externs)
                && (is_proven || holds(&text));
            types.add(directory, open.number, text)?;
            if !is_good {
                return Ok(Found::Nameless(open.line));
            }
        }
        Ok(found)
    }
}

/// A line that names a type which is not known yet.
enum Line<'line> {
    /// `let a: NetlabType7 = a;`, and the comment of the user that stood
    /// behind the `let` before it: it may go on in the next line.
    Binding { comment: &'line str },
    /// Stores a variable of that type.
    Store { number: u64, variable: &'line str },
}

fn question(line: &str) -> Option<Line<'_>> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("let ") {
        let rest = rest.strip_prefix("mut ").unwrap_or(rest);
        let (variable, rest) = rest.split_once(':')?;
        let (name, rest) = rest.split_once('=')?;
        number(name)?;
        let (same, comment) = rest.split_once(';')?;
        let comment = comment.trim_start();
        let is_comment = comment.is_empty()
            || comment.starts_with("//")
            || comment.starts_with("/*");
        return (same == variable && is_comment)
            .then_some(Line::Binding { comment });
    }
    let rest = line.strip_prefix(STORE)?;
    if let Some(rest) = rest.strip_prefix("::<") {
        let (name, rest) = rest.split_once(">(stringify!(")?;
        let (variable, _) = rest.split_once(')')?;
        let number = number(name)?;
        return Some(Line::Store { number, variable });
    }
    // A line of ours, in a cell that comes a second time.
    let (rest, comment) = rest.strip_suffix("*/")?.split_once(";/*")?;
    let (variable, _) = rest.strip_prefix("(stringify!(")?.split_once(')')?;
    let number = number(comment)?;
    Some(Line::Store { number, variable })
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(UNKNOWN)?.parse().ok()
}

/// Replaces every `NetlabType7` by what there is for 7.
fn replace(text: &str, with: impl Fn(u64) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(UNKNOWN) {
        let (before, name) = rest.split_at(at);
        let digits = &name[UNKNOWN.len()..];
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let (name, after) = name.split_at(UNKNOWN.len() + end);
        replaced.push_str(before);
        match number(name).and_then(&with) {
            Some(known) => replaced.push_str(&known),
            None => replaced.push_str(name),
        }
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// The type of the variable that is stored in a line: what the closure there
/// returns. Only in its body is the type written with its whole path.
///
/// ```text
/// fn run::{closure#0}::{closure#1}(_1: {closure@src/lib.rs:9:5: 9:9}) -> T {
///     debug a => (_1.0: path::to::T);
///     let mut _0: path::to::T;
/// ```
fn stored_in(mir: &str, line: usize) -> Option<&str> {
    let place = format!("{{closure@src/lib.rs:{line}:");
    let mut lines = mir.lines();
    lines.find(|text| {
        text.starts_with("fn ")
            && text.split_once("(_1: ").is_some_and(|(_, argument)| {
                let argument = argument.trim_start_matches('&');
                argument.trim_start_matches("mut ").starts_with(&place)
            })
    })?;
    lines
        .take_while(|text| *text != "}")
        .find_map(|text| text.strip_prefix("    let mut _0: "))?
        .strip_suffix(';')
}

#[cfg(test)]
mod tests;
