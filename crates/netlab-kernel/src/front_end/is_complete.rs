//! Whether a cell is complete, by the parser that `evcxr` uses too.

use ra_ap_syntax::{Edition, NodeOrToken, SourceFile, SyntaxKind, T};
use serde_json::{Value, json};

use crate::commands::split;

/// One step of indentation.
const INDENT: &str = "    ";

/// How code can end.
#[derive(Debug, PartialEq)]
enum Ending {
    Complete,
    Incomplete,
    Invalid,
}

/// Answers an `is_complete_request`.
pub(super) fn answer(code: &str) -> Value {
    match ending(code) {
        Ending::Complete => json!({ "status": "complete" }),
        Ending::Invalid => json!({ "status": "invalid" }),
        Ending::Incomplete => {
            json!({ "status": "incomplete", "indent": indent(code) })
        }
    }
}

fn ending(code: &str) -> Ending {
    let (_, code) = split(code);
    let code = code.trim_end();
    if code.is_empty() {
        return Ending::Complete;
    }
    match brackets(code) {
        Brackets::Open => return Ending::Incomplete,
        Brackets::Wrong => return Ending::Invalid,
        Brackets::Closed => {}
    }
    const BEFORE: &str = "fn cell() {\n";
    let parsed = SourceFile::parse(
        &format!("{BEFORE}{code}\n}}\n"),
        Edition::Edition2024,
    );
    let end = BEFORE.len() + code.len();
    let errors = parsed.errors();
    match errors.first() {
        None => Ending::Complete,
        // Something is missing, and behind it there is nothing.
        Some(error) if usize::from(error.range().start()) >= end => {
            Ending::Incomplete
        }
        Some(_) => Ending::Invalid,
    }
}

enum Brackets {
    Closed,
    Open,
    Wrong,
}

/// Counts brackets outside strings and comments; a string or a comment that
/// does not end is open too.
fn brackets(code: &str) -> Brackets {
    let parsed = SourceFile::parse(code, Edition::Edition2024);
    let unterminated = parsed.errors().iter().any(|error| {
        let text = error.to_string();
        text.contains("terminate the") && !text.contains("character literal")
    });
    if unterminated {
        return Brackets::Open;
    }
    let mut open = Vec::new();
    let tokens = parsed.syntax_node().descendants_with_tokens();
    for token in tokens.filter_map(NodeOrToken::into_token) {
        let opening = match token.kind() {
            T!['('] | T!['['] | T!['{'] => {
                open.push(token.kind());
                continue;
            }
            T![')'] => T!['('],
            T![']'] => T!['['],
            T!['}'] => T!['{'],
            SyntaxKind::EOF => break,
            _ => continue,
        };
        if open.pop() != Some(opening) {
            return Brackets::Wrong;
        }
    }
    match open.is_empty() {
        true => Brackets::Closed,
        false => Brackets::Open,
    }
}

/// The indentation of the last line, one more if that opens a bracket.
fn indent(code: &str) -> String {
    let last = code.trim_end().lines().last().unwrap_or_default();
    let own = &last[..last.len() - last.trim_start().len()];
    match last.ends_with(['{', '(', '[']) {
        true => format!("{own}{INDENT}"),
        false => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn all(expected: &Ending, cells: &[&str]) {
        for cell in cells {
            assert_eq!(ending(cell), *expected, "{cell}");
        }
    }

    #[test]
    fn complete_cells() {
        all(
            &Ending::Complete,
            &[
                "",
                "1 + 1",
                "let x = 1;",
                "fn f() -> u8 { 1 }\nf()",
                ":dep netlab = { path = \"../crates/netlab\" }\nuse netlab::*;",
                "!ls",
                "// only a comment {",
                "let s = \"{ not open\";",
                "println!(\"{}\", '{');",
                "let x: &'static str = r#\"a\"#;",
                "for i in 0..3 {\n    print!(\"{i}\");\n}",
            ],
        );
    }

    #[test]
    fn incomplete_cells() {
        all(
            &Ending::Incomplete,
            &[
                "fn f() {",
                "let x =",
                "1 +",
                "foo(1,",
                "let s = \"abc",
                "/* comment",
                "match x {\n    1 => {",
                "#[derive(Debug)]",
                "let s = r#\"raw",
            ],
        );
    }

    #[test]
    fn invalid_cells() {
        all(
            &Ending::Invalid,
            &["fn 1() {}", ")", "let = = 5;", "(]", "x y z"],
        );
    }

    #[test]
    fn next_line_is_indented_after_a_bracket() {
        assert_eq!(indent("fn f() {"), "    ");
        assert_eq!(indent("    if a {"), "        ");
        assert_eq!(indent("    a +"), "    ");
    }
}
