//! What the compiler says, without the debris of what a cell is compiled in.

use std::ops::Range;
use std::sync::LazyLock;

use evcxr::CompilationError;
use regex::Regex;

use super::sayings;

/// Debris, and what is left of it.
const DEBRIS: [(&str, &str); 5] = [
    // The place of a closure in a file that nobody wrote.
    (r"@src/lib\.rs:\d+:\d+: \d+:\d+", ""),
    // What a cell returns that has a `?`.
    (r"Result<\(\), EvcxrUserCodeError>", "Result<(), _>"),
    // A suggestion that is a line, or nothing.
    (r"\s*\n\s*`$", "`"),
    (": ``$", ""),
    // Cargo's word before its own.
    ("^error: ", ""),
];

static PATTERNS: LazyLock<[(Regex, &str); DEBRIS.len()]> =
    LazyLock::new(|| {
        DEBRIS.map(|(pattern, left)| {
            (Regex::new(pattern).expect("a pattern above"), left)
        })
    });

/// What an error says, in Russian if `evcxr` says it.
pub(super) fn said(error: &CompilationError) -> String {
    let text = error.message();
    sayings::in_russian(&text).unwrap_or_else(|| clean(&text))
}

/// What stands beside a place; nothing if the head of the report has it.
pub(super) fn label(text: &str, error: &CompilationError) -> String {
    match text.strip_prefix("error: ") {
        Some(head) if head == error.message() => String::new(),
        _ => clean(text),
    }
}

/// A remark that has no place.
pub(super) enum Remark {
    Help(String),
    Note(String),
}

/// A label without a place, by its kind; the report names that itself.
pub(super) fn remark(label: &str) -> Remark {
    let text = |text: &str| clean(text);
    match label.split_once(": ") {
        Some(("help", help)) => Remark::Help(text(help)),
        Some(("note", note)) => Remark::Note(text(note)),
        _ => Remark::Note(text(label)),
    }
}

fn clean(text: &str) -> String {
    PATTERNS
        .iter()
        .fold(text.to_owned(), |text, (pattern, left)| {
            pattern.replace_all(&text, *left).into_owned()
        })
}

/// Where the first name that the error quotes stands in the code, in
/// characters; for errors that have no place, as those about a `use`.
pub(super) fn quoted_in(
    code: &str,
    error: &CompilationError,
) -> Option<Range<usize>> {
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    quoted.find_map(|path| word_in(code, path.rsplit("::").next()?))
}

fn word_in(code: &str, name: &str) -> Option<Range<usize>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let mut found = code.match_indices(name).filter(|(at, _)| {
        !code[..*at].ends_with(is_name)
            && !code[at + name.len()..].starts_with(is_name)
    });
    let (at, _) = found.next()?;
    let from = code[..at].chars().count();
    Some(from..from + name.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debris_is_taken_away() {
        for (said, left) in [
            (
                "within this `{closure@src/lib.rs:212:20: 212:27}`",
                "within this `{closure}`",
            ),
            (
                "expected `Result<(), EvcxrUserCodeError>`, found integer",
                "expected `Result<(), _>`, found integer",
            ),
            (
                "consider importing this: `use std::ptr::null;\n       `",
                "consider importing this: `use std::ptr::null;`",
            ),
            ("remove this semicolon: ``", "remove this semicolon"),
            ("error: no matching package", "no matching package"),
            ("add `;` here: `;`", "add `;` here: `;`"),
        ] {
            assert_eq!(clean(said), left);
        }
    }

    #[test]
    fn word_is_a_whole_one() {
        let code = "use std::net::{TcpStreems, TcpStreem};";
        assert_eq!(word_in(code, "TcpStreem"), Some(27..36));
        assert_eq!(word_in(code, "TcpStr"), None);
        assert_eq!(word_in(code, ""), None);
        assert_eq!(word_in(code, "net::{"), None);
    }

    #[test]
    fn remark_has_its_kind_once() {
        let Remark::Note(note) = remark("note: defined here") else {
            panic!("no note");
        };
        assert_eq!(note, "defined here");
        let Remark::Help(help) = remark("help: use `x`: `y`") else {
            panic!("no help");
        };
        assert_eq!(help, "use `x`: `y`");
    }
}
