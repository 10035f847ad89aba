//! A string, a comment or a bracket without an end: where it was opened.
//!
//! What `evcxr` puts around a cell follows what was left open, so the compiler
//! finds the end of a file that nobody wrote, and points there or nowhere.

use ra_ap_syntax::{SyntaxKind, T};

use super::scan::{Scan, Token};
use super::{Failure, pointer};

/// The failure of a cell that does not compile because something in it has no
/// end; None if all has. `name` and `said` are what the compiler says.
pub(crate) fn failure(
    code: &str,
    count: u32,
    (name, said): (&str, &str),
) -> Option<Failure> {
    let open = find(code)?;
    let mut lines = pointer::lines(count, code, open.at, open.what);
    if let Some(end) = open.doubtful {
        lines.extend(pointer::lines(count, code, end, CLOSED_BY));
    }
    let name = if said == COMMENT { COMMENT_NAME } else { name };
    Some(Failure::new(name, said, lines))
}

/// What the compiler says of a comment without an end, which it never sees:
/// `evcxr` takes it for the end of the cell, and lets the rest be.
pub(crate) const COMMENT: &str = "unterminated block comment";
const COMMENT_NAME: &str = "E0758";

/// Whether the end of a cell lies in a comment.
pub(crate) fn ends_in_comment(code: &str) -> bool {
    let in_comment = |token: Token| token.kind == SyntaxKind::COMMENT;
    code.contains("/*") && Scan::of(code).endless.is_some_and(in_comment)
}

const CLOSED_BY: &str = "закрыта этой скобкой, хотя отступ у неё другой";

/// What was left open.
#[derive(Debug, PartialEq)]
struct Open {
    /// Where it begins, in bytes.
    at: usize,
    what: &'static str,
    /// The bracket that closes it although it belongs to another one.
    doubtful: Option<usize>,
}

fn find(code: &str) -> Option<Open> {
    let scan = Scan::of(code);
    let opened = |token: &Token, what| Open {
        at: token.range.start,
        what,
        doubtful: None,
    };
    if let Some(endless) = &scan.endless {
        if let Some(turned) = turned_inside_out(&scan, code) {
            return Some(opened(turned, "эта кавычка, похоже, не закрыта"));
        }
        return Some(opened(
            endless,
            match endless.kind {
                SyntaxKind::COMMENT => "этот комментарий не закрыт",
                SyntaxKind::CHAR | SyntaxKind::BYTE => {
                    "этот символ не закрыт апострофом"
                }
                _ => "эта кавычка не закрыта",
            },
        ));
    }
    if let Some(character) = half_character(&scan) {
        let what = "похоже, символ не закрыт апострофом";
        return Some(opened(character, what));
    }
    bracket(&scan, code)
}

/// The string that has ended where another one should have begun: its line
/// goes on in the next one, and a word touches its last quote.
fn turned_inside_out<'a>(scan: &'a Scan, code: &str) -> Option<&'a Token> {
    scan.tokens.iter().find(|token| {
        let text = &code[token.range.clone()];
        // A word behind the last quote is a part of the token.
        let touches = code[token.range.end..].starts_with('{');
        token.kind == SyntaxKind::STRING
            && text.contains('\n')
            && (touches || !text.ends_with('"'))
            && scan.endless.as_ref() != Some(*token)
    })
}

/// A lifetime where only a value can stand: `let c = 'a;`.
fn half_character(scan: &Scan) -> Option<&Token> {
    let mut significant = scan.tokens.iter().filter(|token| {
        !matches!(token.kind, SyntaxKind::WHITESPACE | SyntaxKind::COMMENT)
    });
    let mut before = significant.next()?;
    let mut rest = significant.peekable();
    while let Some(token) = rest.next() {
        let is_label = rest.peek().is_some_and(|next| next.kind == T![:]);
        let wants_value =
            matches!(before.kind, T![=] | T!['('] | T![==] | T![!=]);
        if token.kind == SyntaxKind::LIFETIME_IDENT && wants_value && !is_label
        {
            return Some(token);
        }
        before = token;
    }
    None
}

/// The innermost bracket without an end.
fn bracket(scan: &Scan, code: &str) -> Option<Open> {
    let mut open: Vec<&Token> = Vec::new();
    let mut doubtful = None;
    for token in &scan.tokens {
        match token.kind {
            T!['('] | T!['['] | T!['{'] => open.push(token),
            T![')'] | T![']'] | T!['}'] => {
                let opening = open.pop()?;
                if token.kind != partner(opening.kind) {
                    // The compiler shows both.
                    return None;
                }
                if let Some(end) = leads(code, token)
                    && let own = indent(code, opening.range.start)
                    && own != end
                {
                    doubtful.get_or_insert((opening, token));
                }
            }
            _ => {}
        }
    }
    let last = open.pop()?;
    let (at, doubtful) = match doubtful {
        Some((opening, end)) if opening.range.start > last.range.start => {
            (opening, Some(end.range.start))
        }
        _ => (last, None),
    };
    Some(Open {
        at: at.range.start,
        what: "эта скобка не закрыта",
        doubtful,
    })
}

fn partner(opening: SyntaxKind) -> SyntaxKind {
    match opening {
        T!['('] => T![')'],
        T!['['] => T![']'],
        _ => T!['}'],
    }
}

/// The indentation of a bracket that begins its line.
fn leads(code: &str, token: &Token) -> Option<usize> {
    let start = line_start(code, token.range.start);
    let before = &code[start..token.range.start];
    before.trim().is_empty().then_some(before.len())
}

/// The indentation of the line around a byte.
fn indent(code: &str, at: usize) -> usize {
    let line = &code[line_start(code, at)..];
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn line_start(code: &str, at: usize) -> usize {
    code[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and what stands at the place.
    fn place(code: &str) -> Option<(usize, &str)> {
        let at = find(code)?.at;
        let line = code[..at].matches('\n').count() + 1;
        Some((line, code[at..].lines().next().unwrap()))
    }

    #[test]
    fn place_is_where_it_was_opened() {
        for (code, expected) in [
            ("let a = 1;\nlet s = \"abc;\na", (2, "\"abc;")),
            ("let s = r#\"abc\";\na", (1, "r#\"abc\";")),
            ("a(b\"c)", (1, "b\"c)")),
            ("f();\n/* why\ng();", (2, "/* why")),
            ("let c = 'a;", (1, "'a;")),
            ("let c = ';\nf(')')", (1, "';")),
            ("f('a)", (1, "'a)")),
            ("fn f() {\n    g();\n", (1, "{")),
            ("f(1,\ng();", (1, "(1,")),
            ("let v = [1, 2;\nv", (1, "[1, 2;")),
            ("let v = vec![1, (2;\nv", (1, "(2;")),
        ] {
            assert_eq!(place(code), Some(expected), "{code}");
        }
    }

    #[test]
    fn comment_without_an_end_is_found_before_the_cell_runs() {
        assert!(ends_in_comment("f();\n/* why\ng();"));
        assert!(!ends_in_comment("f(\"/*\");"));
        assert!(!ends_in_comment("/* why */ f(); // /*"));
        assert!(!ends_in_comment("!ls /etc/*"));
    }

    #[test]
    fn first_of_two_strings_is_the_one_that_was_left_open() {
        let code = "println!(\"a);\nprintln!(\"b\");";
        assert_eq!(place(code), Some((1, "\"a);")));
        let code = "println!(\"a);\nprintln!(\"{b}\");";
        assert_eq!(place(code), Some((1, "\"a);")));
        // A string of several lines may be meant.
        let code = "f(\"a\nb\");\ng(\"c);";
        assert_eq!(place(code), Some((3, "\"c);")));
    }

    #[test]
    fn indentation_tells_which_brace_it_is() {
        let code = "fn f() {\n    if a {\n        b();\n}\n";
        let open = find(code).unwrap();
        assert_eq!(code[..open.at].matches('\n').count(), 1);
        assert_eq!(open.doubtful, Some(code.len() - 2));
        // Without indentation it can't.
        let code = "fn f() {\nif a {\nb();\n}\n";
        assert_eq!(place(code), Some((1, "{")));
    }

    #[test]
    fn what_has_an_end_is_left_to_the_compiler() {
        for code in [
            "let s = \"a\nb\";",
            "let c = 'a'; f('b')",
            "let x = 'outer: loop { break 'outer 1; };",
            "f::<'static>(&'a x);",
            "(]",
            "f(1));",
            "let s = \"(\";",
            "// (",
            "!echo (\nf()",
            "",
        ] {
            assert_eq!(find(code), None, "{code}");
        }
    }
}
