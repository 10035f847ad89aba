//! An error that left the cell through `?`.

use crate::channel::ErrorReport;

use super::{Failure, dim};

/// The failure of a cell that ended with this error.
pub(crate) fn failure(report: &ErrorReport) -> Failure {
    let text = readable(&report.text);
    let mut details = Vec::new();
    // The whole chain of sources, unless the one line says it all.
    if report.pretty.lines().count() > 1 && text != unquoted(&report.text) {
        details.extend(report.pretty.lines().map(dim));
    } else if text.lines().count() <= 1 && report.pretty.lines().count() > 1 {
        details.extend(report.pretty.lines().map(str::to_owned));
    }
    // What the debug form says anyway is not said twice.
    let hidden = report.sources.iter().filter(|source| {
        !text.contains(*source) && !report.pretty.contains(*source)
    });
    let mut chain: Vec<_> =
        hidden.map(|source| format!("Причина: {source}")).collect();
    chain.extend(details);
    Failure::new(&name(&report.type_name), text, chain)
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
