//! A cell as a row of tokens, whatever it is: what lies in strings, comments
//! and brackets, and which of them have no end.

use std::ops::Range;

use ra_ap_syntax::{Edition, NodeOrToken, SourceFile, SyntaxKind, T};

use crate::commands::blanked;

/// The tokens of a cell; positions are counted in bytes.
pub(super) struct Scan {
    /// The cell without the commands before its code.
    code: String,
    pub(super) tokens: Vec<Token>,
    /// The literal or comment that goes on to the end of the cell.
    pub(super) endless: Option<Token>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: SyntaxKind,
    pub(super) range: Range<usize>,
    /// How many brackets are open before it.
    pub(super) depth: usize,
}

impl Scan {
    /// Reads a cell; the lines before its code that are no Rust count as
    /// blank.
    pub(super) fn of(code: &str) -> Self {
        let code = blanked(code);
        let parsed = SourceFile::parse(&code, Edition::Edition2024);
        let mut depth = 0;
        let tokens: Vec<Token> = parsed
            .syntax_node()
            .descendants_with_tokens()
            .filter_map(NodeOrToken::into_token)
            .map(|token| {
                let kind = token.kind();
                match kind {
                    T!['('] | T!['['] | T!['{'] => depth += 1,
                    T![')'] | T![']'] | T!['}'] => {
                        depth = usize::saturating_sub(depth, 1);
                    }
                    _ => {}
                }
                let opens = matches!(kind, T!['('] | T!['['] | T!['{']);
                let range = token.text_range();
                Token {
                    kind,
                    range: range.start().into()..range.end().into(),
                    depth: depth - usize::from(opens),
                }
            })
            .collect();
        let starts: Vec<usize> = parsed
            .errors()
            .iter()
            .filter(|error| is_without_end(&error.to_string()))
            .map(|error| error.range().start().into())
            .collect();
        let endless = tokens
            .iter()
            .find(|token| starts.contains(&token.range.start))
            .cloned();
        Self {
            code,
            tokens,
            endless,
        }
    }

    /// The lines that begin outside of strings, comments and brackets: where
    /// each begins, and its text without comments and what is in strings.
    pub(super) fn outer_lines(&self) -> Vec<(usize, String)> {
        let mut next = 0;
        self.bare()
            .split_inclusive('\n')
            .filter_map(|line| {
                let blank = line.len() - line.trim_start().len();
                let start = next + blank;
                next += line.len();
                let text = line.trim();
                (!text.is_empty() && self.is_outside(start))
                    .then(|| (start, text.to_owned()))
            })
            .collect()
    }

    /// The code with blanks for comments and underscores for what is in
    /// strings: as many bytes, and the same lines.
    fn bare(&self) -> String {
        let mut bytes = self.code.clone().into_bytes();
        for token in &self.tokens {
            let (from, with) = match token.kind {
                SyntaxKind::COMMENT => (token.range.start, b' '),
                SyntaxKind::STRING => (token.range.start + 1, b'_'),
                _ => continue,
            };
            for byte in &mut bytes[from..token.range.end] {
                if *byte != b'\n' {
                    *byte = with;
                }
            }
        }
        // Whole characters have been replaced.
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn is_outside(&self, at: usize) -> bool {
        let token = self.tokens.iter().find(|token| token.range.end > at);
        token.is_some_and(|token| token.depth == 0 && token.range.start == at)
    }
}

/// Whether the parser says that a literal or a comment goes on to the end.
fn is_without_end(error: &str) -> bool {
    error.contains("to terminate the") || error == "Invalid raw string literal"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_strings_comments_and_brackets_are_no_outer_lines() {
        let code = "!ls\na();\nlet s = \"x\nimport y\";\n/*\nfrom z\n*/\n\
                    m! {\n  import w\n}\n  b // c:";
        let scan = Scan::of(code);
        let lines = scan.outer_lines();
        let lines: Vec<&str> = lines.iter().map(|(_, l)| &**l).collect();
        assert_eq!(lines, ["a();", "let s = \"_", "m! {", "}", "b"]);
        assert_eq!(scan.endless, None);
    }

    #[test]
    fn literal_without_end_is_found() {
        for code in ["a(\"b\n c", "a(/* b\n c", "a(r#\"b\" c", "a(b\"c"] {
            let endless = Scan::of(code).endless.unwrap();
            assert_eq!(endless.range, 2..code.len(), "{code}");
        }
    }
}
