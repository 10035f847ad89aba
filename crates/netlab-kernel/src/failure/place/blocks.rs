//! The statements and items of a cell, which `evcxr` puts into the file that
//! it compiles one by one, each at the beginning of a line.

use ra_ap_syntax::ast::{self, AstNode, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile};

use crate::commands::blanked;

const BEFORE: &str = "fn cell() {\n";

/// What stands in the compiled file right before the statements of a cell.
const WRAPPERS: [&str; 4] = [
    "std::panic::AssertUnwindSafe(||{",
    "if std::panic::catch_unwind(||{",
    ".block_on(async {",
    "let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {",
];

/// A statement or an item.
#[derive(Debug)]
pub(super) struct Block {
    text: String,
    /// Where it begins in the cell, both from 0; characters.
    line: usize,
    column: usize,
    /// The name if it is a function; items stand before all statements.
    pub(super) function: Option<String>,
    is_item: bool,
}

/// A place in a cell.
#[derive(Debug, PartialEq)]
pub(super) struct Spot {
    /// From 0.
    pub(super) line: usize,
    /// So many characters come before what is the first one of the compiled
    /// line.
    pub(super) shift: isize,
}

/// All that a cell consists of, in its order; nothing of a cell that is not
/// understood.
pub(super) fn of(code: &str) -> Vec<Block> {
    let whole = format!("{BEFORE}{}\n}}\n", blanked(code));
    let parsed = SourceFile::parse(&whole, Edition::Edition2024);
    let cell = parsed.tree().items().find_map(|item| match item {
        ast::Item::Fn(cell) => cell.body()?.stmt_list(),
        _ => None,
    });
    let nodes = cell.iter().flat_map(|cell| cell.syntax().children());
    nodes
        .filter_map(|node| {
            let range = node.text_range();
            let from = usize::from(range.start()).checked_sub(BEFORE.len())?;
            let to = usize::from(range.end()) - BEFORE.len();
            let before = code.get(..from)?;
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let function = ast::Fn::cast(node.clone());
            Some(Block {
                text: code.get(from..to)?.to_owned(),
                line: before.matches('\n').count(),
                column: before[start..].chars().count(),
                function: function
                    .and_then(|function| Some(function.name()?.to_string())),
                is_item: ast::Item::can_cast(node.kind()),
            })
        })
        .collect()
}

impl Block {
    /// Its first line.
    pub(super) fn begins(&self) -> Spot {
        Spot {
            line: self.line,
            shift: 0,
        }
    }

    /// Where an error can come out of it: the line, if there is only one such,
    /// or else where it begins.
    pub(super) fn fails_at(&self) -> Option<Spot> {
        let fails = |line: &&str| line.contains('?') || line.contains("Err(");
        let failing: Vec<usize> = (self.text.lines().enumerate())
            .filter_map(|(n, line)| fails(&line).then_some(n))
            .collect();
        let line = match failing[..] {
            [only] => self.line + only,
            // What it calls last may fail.
            [] if !self.text.contains("Result") => return None,
            _ => self.line,
        };
        Some(Spot { line, shift: 0 })
    }

    /// How many lines it has, if it stands at the line `at`.
    fn stands_at(&self, compiled: &[&str], at: usize) -> Option<usize> {
        let own: Vec<&str> = self.text.split('\n').collect();
        let there = compiled.get(at..at + own.len())?;
        let last = own.len() - 1;
        let equal =
            own.iter().zip(there).enumerate().all(|(n, (own, there))| {
                let there = if n == 0 { there.trim_start() } else { there };
                match n == last {
                    true => there.starts_with(own.trim_end_matches('\r')),
                    false => {
                        there.trim_end_matches('\r')
                            == own.trim_end_matches('\r')
                    }
                }
            });
        equal.then_some(own.len())
    }

    /// The place of the compiled line `at` if the block begins at `begin`.
    fn spot(&self, compiled: &[&str], begin: usize, at: usize) -> Spot {
        let line = compiled[begin];
        let indent = line.chars().count() - line.trim_start().chars().count();
        let shift = match at == begin {
            true => self.column.cast_signed() - indent.cast_signed(),
            false => 0,
        };
        Spot {
            line: self.line + at - begin,
            shift,
        }
    }
}

/// The place of the statement among these blocks, if there is one only.
pub(super) fn only_statement(blocks: &[Block]) -> Option<Spot> {
    let mut statements = blocks.iter().filter(|block| !block.is_item);
    let only = statements.next()?;
    statements.next().is_none().then(|| only.begins())
}

/// The place of the line `at` in an item among these blocks.
pub(super) fn in_items(
    blocks: &[Block],
    compiled: &[&str],
    at: usize,
) -> Option<Spot> {
    blocks
        .iter()
        .filter(|block| block.is_item)
        .find_map(|item| {
            let length = item.text.matches('\n').count() + 1;
            let begins = (at + 1).saturating_sub(length)..=at;
            begins.into_iter().find_map(|begin| {
                item.stands_at(compiled, begin)?;
                Some(item.spot(compiled, begin, at))
            })
        })
}

/// The place of the line `at` in a statement of the cell of these blocks,
/// which is the one that was compiled.
pub(super) fn in_statements(
    blocks: &[Block],
    compiled: &[&str],
    at: usize,
) -> Option<Spot> {
    let mut next = begin(compiled)?;
    for statement in blocks.iter().filter(|block| !block.is_item) {
        let found = (next..compiled.len()).find_map(|begin| {
            Some((begin, statement.stands_at(compiled, begin)?))
        });
        let Some((begin, length)) = found else {
            continue;
        };
        if begin > at {
            return None;
        }
        if at < begin + length {
            return Some(statement.spot(compiled, begin, at));
        }
        next = begin + length;
    }
    None
}

/// Where the statements of the cell begin.
fn begin(compiled: &[&str]) -> Option<usize> {
    let run = compiled.iter().rposition(|line| {
        line.starts_with("pub extern \"C\" fn run_user_code_")
    })?;
    let wrappers = WRAPPERS.iter().filter_map(|wrapper| {
        let mut lines = compiled[run..].iter();
        lines.position(|line| line.trim() == *wrapper)
    });
    Some(run + wrappers.max().unwrap_or(0) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPILED: &str = "#![allow(dead_code)]\nfn f() -> R {\n    g()?;\n}\n\
        pub extern \"C\" fn run_user_code_3(\n\
        let x = evcxr_variable_store.take_variable::<u8>(stringify!(x));\n\
          std::panic::AssertUnwindSafe(||{\n\
        let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {\n\
        let a = 1; \n/* ж */\ng()?;\ng()?;\n\
        (\nx\n    .y()?\n).evcxr_display();\nOk(())})();\n";

    fn spots(code: &str) -> Vec<(usize, isize)> {
        let compiled: Vec<&str> = COMPILED.lines().collect();
        let blocks = of(code);
        (0..compiled.len())
            .filter_map(|at| {
                in_statements(&blocks, &compiled, at)
                    .or_else(|| in_items(&blocks, &compiled, at))
            })
            .map(|spot| (spot.line, spot.shift))
            .collect()
    }

    #[test]
    fn statements_of_one_line_are_told_apart() {
        let code = "let a = 1; /* ж */ g()?; g()?;\nx\n    .y()?";
        assert_eq!(spots(code), [(0, 0), (0, 19), (0, 25), (1, 0), (2, 0)]);
    }

    #[test]
    fn line_of_an_item_is_not_taken_for_a_statement() {
        let code = ":dep ж = \"1\"\nfn f() -> R {\n    g()?;\n}\n\
            let a = 1; // ж\n  g()?;\n  g()?;\nx\n    .y()?";
        assert_eq!(
            spots(code),
            [
                (1, 0),
                (2, 0),
                (3, 0),
                (4, 0),
                (5, 2),
                (6, 2),
                (7, 0),
                (8, 0)
            ]
        );
    }
}
