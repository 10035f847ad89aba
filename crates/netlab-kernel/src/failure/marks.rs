//! What the text of an error is, by codes of a terminal that every page and
//! every console understands.
//!
//! A line without a mark belongs to a drawing: no page may break it. A sentence
//! is bold, and that is how a page tells that it may.

/// What a mark ends with.
const PLAIN: &str = "\u{1b}[0m";

/// The name of an error, in red.
pub(crate) fn name(text: &str) -> String {
    format!("\u{1b}[1;31m{text}{PLAIN}")
}

/// What is to be read as prose, and wraps at the width that there is.
pub(crate) fn sentence(text: &str) -> String {
    format!("\u{1b}[1m{text}{PLAIN}")
}

/// A sentence that steps back.
pub(crate) fn aside(text: &str) -> String {
    format!("\u{1b}[1;2m{text}{PLAIN}")
}

/// The first line of a drawing, with what it says marked as a sentence: in
/// front of it stands the kind of the error, in its colour.
pub(super) fn head(line: &str) -> String {
    match line.split_once(&format!("{PLAIN} ")) {
        Some((kind, said)) => format!("{kind}{PLAIN} {}", sentence(said)),
        None => sentence(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_of_an_error_stays_what_it_is() {
        assert_eq!(
            head("\u{1b}[31m[E1] Error:\u{1b}[0m no `x`"),
            format!("\u{1b}[31m[E1] Error:\u{1b}[0m {}", sentence("no `x`"))
        );
        assert_eq!(head("no colour"), sentence("no colour"));
    }
}
