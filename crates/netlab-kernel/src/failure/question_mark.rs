//! An error that left the cell through `?`.

use crate::channel::ErrorReport;

use super::marks::{aside, sentence};
use super::place::Sources;
use super::{Failure, origin};

/// How long a debug form may be to be shown in one line.
const LINE: usize = 80;

/// The failure of a cell that ended with this error: its text for people, the
/// whole chain of sources, the debug form if that tells more, and where it came
/// from. `cell` is its number.
pub(crate) fn failure(
    report: &ErrorReport,
    cell: u64,
    sources: &Sources,
) -> Failure {
    let debug = readable(&report.debug);
    let text = report.display.clone().unwrap_or_else(|| debug.clone());
    let mut details = causes(report, &text);
    let told = report.display.is_some() && says_it_all(&report.type_name);
    if debug != text && !told {
        details.push(aside(&debug));
    } else if report.display.is_none() && debug.len() > LINE {
        details.extend(report.pretty.lines().map(aside));
    }
    details.extend(origin::lines(report, cell, sources));
    Failure::new(&name(&report.type_name), text, details)
}

/// What lies behind the error, line by line, the nearest first.
fn causes(report: &ErrorReport, text: &str) -> Vec<String> {
    let mut sources: Vec<&str> =
        report.sources.iter().map(String::as_str).collect();
    // `anyhow` and its like are no errors themselves and tell it this way.
    if sources.is_empty()
        && let Some(long) = &report.long
        && let Some(rest) = long.strip_prefix(text)
        && let Some(rest) = rest.strip_prefix(": ")
    {
        sources.push(rest);
    }
    // An error that is nothing but another one says the same again.
    sources.insert(0, text);
    sources.dedup();
    sources[1..]
        .iter()
        .map(|source| sentence(&format!("Причина: {source}")))
        .collect()
}

/// Whether the text for people leaves nothing out that the debug form says.
fn says_it_all(type_name: &str) -> bool {
    let of = |package: &str| type_name.starts_with(package);
    let holds_another = type_name.contains('<');
    (of("core::") || of("std::") || of("alloc::")) && !holds_another
        || of("anyhow::")
}

/// What is said when nothing is known about the error.
pub(crate) fn without_report() -> Failure {
    Failure::new("Error", "ячейка завершилась ошибкой (`?`)", [])
}

/// The type as people say it: `io::Error`, `Box<dyn Error>`.
fn name(full: &str) -> String {
    if full.is_empty() {
        return "Error".to_owned();
    }
    if full == "std::io::error::Error" {
        return "io::Error".to_owned();
    }
    let mut name = String::new();
    let mut word = String::new();
    for c in full.chars() {
        match c {
            ':' => word.clear(),
            c if c.is_alphanumeric() || c == '_' => word.push(c),
            c => {
                name += &word;
                word.clear();
                name.push(c);
            }
        }
    }
    name + &word
}

/// The debug form with the errors of the system in words.
fn readable(debug: &str) -> String {
    let mut text = unquoted(debug);
    while let Some((before, code, message, after)) = system_error(&text) {
        text = format!("{before}{message} (os error {code}){after}");
    }
    while let Some((before, message, after)) = custom_error(&text) {
        text = format!("{before}{message}{after}");
    }
    text
}

/// A text that is nothing but a quoted string, without the quotes.
fn unquoted(debug: &str) -> String {
    serde_json::from_str(debug).unwrap_or_else(|_| debug.to_owned())
}

/// Splits at the first `Os { code: 2, kind: NotFound, message: "…" }`.
fn system_error(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once("Os { code: ")?;
    let (code, rest) = rest.split_once(", kind: ")?;
    let (_, rest) = rest.split_once(", message: \"")?;
    let (message, after) = rest.split_once("\" }")?;
    Some((before, code, message, after))
}

/// Splits at the first `Custom { kind: Other, error: "…" }`.
fn custom_error(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("Custom { kind: ")?;
    let (_, rest) = rest.split_once(", error: ")?;
    let (message, after) = match rest.strip_prefix('"') {
        Some(rest) => rest.split_once("\" }")?,
        None => rest.split_once(" }")?,
    };
    Some((before, message, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_are_said_in_words() {
        let debug = r#"Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }"#;
        assert_eq!(readable(debug), "Connection refused (os error 111)");
        let nested = format!("Load({debug})");
        assert_eq!(
            readable(&nested),
            "Load(Connection refused (os error 111))"
        );
        assert_eq!(
            readable(r#"Custom { kind: Other, error: "no luck" }"#),
            "no luck"
        );
        assert_eq!(readable(r#""plain words""#), "plain words");
    }

    fn shown(report: &ErrorReport) -> Vec<String> {
        failure(report, 1, &Sources::default()).traceback
    }

    #[test]
    fn chain_that_the_longer_text_tells_is_shown() {
        let report = ErrorReport {
            type_name: "anyhow::Error".into(),
            display: Some("no page".into()),
            long: Some("no page: no connection: the cable is out".into()),
            debug: "no page\n\nCaused by:\n    0: no connection".into(),
            ..Default::default()
        };
        let causes = [sentence("Причина: no connection: the cable is out")];
        assert_eq!(shown(&report)[1..], causes);
    }

    #[test]
    fn source_that_says_the_same_again_is_left_out() {
        let report = ErrorReport {
            type_name: "core::fmt::Error".into(),
            display: Some("a".into()),
            sources: ["a", "b", "b", "c"].map(str::to_owned).into(),
            debug: "Error".into(),
            ..Default::default()
        };
        assert_eq!(
            shown(&report)[1..],
            ["Причина: b", "Причина: c"].map(sentence)
        );
    }

    #[test]
    fn debug_form_stands_last_where_it_tells_more() {
        let report = ErrorReport {
            type_name: "ctx::LoadError".into(),
            display: Some("can't load".into()),
            debug: "Config(7)".into(),
            ..Default::default()
        };
        assert_eq!(shown(&report)[1..], [aside("Config(7)")]);
    }

    #[test]
    fn types_lose_their_paths() {
        assert_eq!(name("core::num::error::ParseIntError"), "ParseIntError");
        assert_eq!(
            name("alloc::boxed::Box<dyn core::error::Error>"),
            "Box<dyn Error>"
        );
        assert_eq!(name("std::io::error::Error"), "io::Error");
        assert_eq!(name(""), "Error");
    }
}
