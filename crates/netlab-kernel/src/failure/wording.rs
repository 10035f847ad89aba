//! What the compiler says, without the debris of what a cell is compiled in.

use std::ops::Range;
use std::sync::LazyLock;

use evcxr::CompilationError;
use regex::Regex;
use serde_json::Value;

use super::{backquotes, sayings};

/// Debris, and what is left of it.
const DEBRIS: [(&str, &str); 7] = [
    // The place of a closure in a file that nobody wrote.
    (r"@src/lib\.rs:\d+:\d+: \d+:\d+", ""),
    // What a cell returns that has a `?`.
    (r"Result<\(\), EvcxrUserCodeError>", "Result<(), _>"),
    // What stands behind a cell that ends with a `let` without `;`.
    ("`evcxr_variable_store`", "<end of input>"),
    // A suggestion that is a line, or stands before something, or nothing.
    (r"\s+`$", "`"),
    (r": `\s+([^`]+`)$", ": `$1"),
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

/// What the compiler says beside its drawing, and `evcxr` leaves out: remarks
/// about no place, and suggestions for several at once.
pub(super) fn beside(error: &Value) -> impl Iterator<Item = Remark> {
    let children = error["children"].as_array().into_iter().flatten();
    children.filter_map(|child| {
        let spans = child["spans"].as_array().map_or(0, Vec::len);
        let text = child["message"].as_str()?;
        if spans == 1 || REPEATED.iter().any(|part| text.contains(part)) {
            return None;
        }
        let text = clean(&in_one_line(text));
        if text.chars().count() > LONGEST {
            return None;
        }
        match child["level"].as_str()? {
            "help" => Some(Remark::Help(match suggested(child) {
                Some(line) => format!("{text}: `{line}`"),
                None => text,
            })),
            // Of several places, a note has no sense without them.
            "note" if spans == 0 => Some(Remark::Note(text)),
            _ => None,
        }
    })
}

/// A longer one, which is a list of types, has no room on a slide.
const LONGEST: usize = 240;

/// Remarks that say what the drawing says, or what concerns no cell.
const REPEATED: [&str; 6] = [
    "expected ",
    " is not implemented for ",
    "full name for the type",
    "--verbose",
    " on by default",
    "this error originates in the macro",
];

/// A list of the compiler, which has a line for each item.
fn in_one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let head = lines.next().unwrap_or_default();
    let items: Vec<_> = lines.collect();
    match items.is_empty() {
        true => head.to_owned(),
        false => format!("{head} {}", items.join(", ")),
    }
}

/// The line of the cell as a suggestion wants it, if it is about one line.
fn suggested(child: &Value) -> Option<String> {
    let spans = child["spans"].as_array()?;
    let first = spans.first()?;
    let mut line: Vec<char> =
        first["text"][0]["text"].as_str()?.chars().collect();
    let mut changes = Vec::new();
    for span in spans {
        if span["line_start"] != first["line_start"]
            || span["line_end"] != first["line_start"]
        {
            return None;
        }
        let at = |name: &str| Some(span[name].as_u64()? as usize - 1);
        let replacement = span["suggested_replacement"].as_str()?;
        changes.push((at("column_start")?, at("column_end")?, replacement));
    }
    // From the end on, so that the columns before it stay what they are.
    changes.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    for (start, end, replacement) in changes {
        if end < start || end > line.len() {
            return None;
        }
        line.splice(start..end, replacement.chars());
    }
    Some(String::from_iter(line).trim().to_owned())
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
    backquotes::quoted(&message)
        .find_map(|path| word_in(code, path.rsplit("::").next()?))
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
            (
                "expected `;`, found `evcxr_variable_store`",
                "expected `;`, found <end of input>",
            ),
            ("add `;` here: `;`", "add `;` here: `;`"),
            (
                "consider making this binding mutable: `mut `",
                "consider making this binding mutable: `mut`",
            ),
            (
                "consider a bound: ` + 'static`",
                "consider a bound: `+ 'static`",
            ),
            ("a word `x` and `y`", "a word `x` and `y`"),
        ] {
            assert_eq!(clean(said), left);
        }
    }

    fn beside_of(child: Value) -> Vec<String> {
        let error = serde_json::json!({ "children": [child] });
        beside(&error)
            .map(|remark| match remark {
                Remark::Help(text) => format!("help: {text}"),
                Remark::Note(text) => format!("note: {text}"),
            })
            .collect()
    }

    #[test]
    fn remark_without_a_place_stays() {
        let note = |message: &str| {
            beside_of(serde_json::json!({
                "level": "note", "message": message, "spans": [],
            }))
        };
        assert_eq!(note("use `{:?}`"), ["note: use `{:?}`"]);
        let list = "other types:\n  u8\n  u16\nand 2 others";
        assert_eq!(note(list), ["note: other types: u8, u16, and 2 others"]);
        assert!(note(&format!("all:\n{}", "u8\n".repeat(99))).is_empty());
        let again = "expected enum `A`\n  found struct `B`";
        assert!(note(again).is_empty());
    }

    #[test]
    fn suggestion_for_several_places_is_the_changed_line() {
        let line = "  let (ж, b) = f();";
        let span = |start: usize, end: usize, with: &str| {
            serde_json::json!({
                "line_start": 7, "line_end": 7, "column_start": start,
                "column_end": end, "suggested_replacement": with,
                "text": [{ "text": line }],
            })
        };
        let help = |spans: Vec<Value>| {
            beside_of(serde_json::json!({
                "level": "help", "message": "wrap it", "spans": spans,
            }))
        };
        assert_eq!(
            help(vec![span(7, 7, "Ok("), span(13, 13, ")")]),
            ["help: wrap it: `let Ok((ж, b)) = f();`"]
        );
        assert!(help(vec![span(7, 7, "Ok")]).is_empty(), "it is drawn");
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
