//! The `?` that a place of the compiler is about.
//!
//! The compiler names the beginning of the expression before the `?`, which
//! can be another line, and the same for several in a row.

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Edition, SourceFile};

use crate::commands::blanked;

const BEFORE: &str = "fn cell() {\n";

/// Lines and columns, both from 1, of each `?` behind an expression that
/// begins there, in their order.
pub(super) fn behind(
    code: &str,
    line: usize,
    column: usize,
) -> Vec<(usize, usize)> {
    let whole = format!("{BEFORE}{}\n}}\n", blanked(code));
    let parsed = SourceFile::parse(&whole, Edition::Edition2024);
    let place = |at: usize| {
        let before = code.get(..at.checked_sub(BEFORE.len())?)?;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Some((line, before[start..].chars().count() + 1))
    };
    let all = parsed.tree().syntax().descendants();
    let mut found: Vec<_> = all
        .filter_map(ast::TryExpr::cast)
        .filter_map(|tried| {
            let begin = tried.syntax().text_range().start();
            let mark = tried.question_mark_token()?.text_range().start();
            (place(begin.into())? == (line, column))
                .then(|| place(mark.into()))?
        })
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_by_the_beginning_of_their_expression() {
        let code =
            ":dep ж\nlet ж = f(g()?,\n    1)?; h()?;\na\n  .b()?\n  .c()?;";
        assert_eq!(behind(code, 2, 9), [(3, 7)]);
        assert_eq!(behind(code, 2, 11), [(2, 14)]);
        assert_eq!(behind(code, 3, 10), [(3, 13)]);
        assert_eq!(behind(code, 4, 1), [(5, 7), (6, 7)]);
        assert!(behind(code, 1, 1).is_empty());
    }
}
