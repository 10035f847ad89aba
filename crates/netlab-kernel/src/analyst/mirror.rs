//! What of a cell the analyst is told, and what it does not get to see.
//!
//! Of a cell that has run it takes over the items, and the commands that
//! change what can be named. Statements define nothing but variables, whose
//! names and types the kernel knows for certain.
//!
//! All other commands are left out. They have been done, and many would do
//! something a second time: `!` lines, `:quit`, `:load_config`, `:env`. Some
//! would make rust-analyzer read everything anew (`:opt`), or bring the
//! compiler back (`:toolchain`).

use ra_ap_syntax::ast::{self, AstNode, HasModuleItem};
use ra_ap_syntax::{Edition, SourceFile};

use crate::commands::{blank, command, split};

/// Names of crates, no names at all, what `?` asks of an error, and where
/// cargo may look.
const MIRRORED: [&str; 4] = [":dep", CLEAR, ":efmt", ":offline"];

const CLEAR: &str = ":clear";

/// What the analyst has to execute so that it knows what a cell has defined;
/// empty when there is nothing.
pub(super) fn of_cell(code: &str) -> String {
    let (commands, code) = split(code);
    let mut mirrored = String::new();
    let commands = commands.lines().filter(|line| is_mirrored(line));
    for part in commands.map(str::to_owned).chain(items(code)) {
        mirrored.push_str(&part);
        mirrored.push('\n');
    }
    mirrored
}

/// Whether everything that was mirrored before is void.
pub(super) fn clears(mirrored: &str) -> bool {
    mirrored.lines().any(|line| command(line) == Some(CLEAR))
}

/// Whether crates come with it.
pub(super) fn brings_crates(mirrored: &str) -> bool {
    mirrored.lines().any(|line| command(line) == Some(":dep"))
}

/// Code to think about, in which nothing is a command, with all bytes in
/// their places: `evcxr` executes commands even when it only thinks. The one
/// line stays in which the user writes a command.
pub(super) fn without_commands(code: &str, at: Option<usize>) -> String {
    let (commands, rest) = split(code);
    let mut harmless = String::with_capacity(code.len());
    for line in commands.split_inclusive('\n') {
        let start = harmless.len();
        let end = start + line.trim_end_matches(['\r', '\n']).len();
        if at.is_some_and(|at| (start..=end).contains(&at)) {
            harmless.push_str(line);
        } else {
            harmless.push_str(&blank(line));
        }
    }
    harmless + rest
}

fn is_mirrored(line: &str) -> bool {
    command(line).is_some_and(|command| MIRRORED.contains(&command))
}

/// The items of a cell, and its attributes for the whole crate.
fn items(code: &str) -> Vec<String> {
    let text = format!("fn cell() {{{code}\n}}");
    let parsed = SourceFile::parse(&text, Edition::Edition2024).tree();
    let Some(ast::Item::Fn(cell)) = parsed.items().next() else {
        return Vec::new();
    };
    let statements = cell.body().and_then(|body| body.stmt_list());
    statements
        .iter()
        .flat_map(|list| list.syntax().children())
        .filter(|node| {
            ast::Item::can_cast(node.kind()) || ast::Attr::can_cast(node.kind())
        })
        .map(|node| node.text().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_mirrored_and_statements_are_not() {
        let code = "use std::fmt;\nlet x = 5;\n/// Adds.\n\
                    fn add(a: u8) -> u8 {\n    a\n}\nprintln!(\"{x}\");\n\
                    struct P;\nimpl P {}\nmacro_rules! m { () => {} }\nx";
        assert_eq!(
            of_cell(code),
            "use std::fmt;\n/// Adds.\nfn add(a: u8) -> u8 {\n    a\n}\n\
             struct P;\nimpl P {}\nmacro_rules! m { () => {} }\n"
        );
        assert_eq!(of_cell("let x = 5; x"), "");
    }

    #[test]
    fn commands_that_name_something_are_mirrored() {
        let code = "// first\n:dep a = \"1\"\n  :efmt {:?}\n:offline 1\n\n\
                    use a::b;";
        assert_eq!(
            of_cell(code),
            ":dep a = \"1\"\n  :efmt {:?}\n:offline 1\nuse a::b;\n"
        );
        assert!(brings_crates(&of_cell(code)));
        assert!(!clears(code));
        assert!(clears(&of_cell(":clear\n")));
    }

    #[test]
    fn commands_that_do_something_are_not() {
        for command in [
            "!touch file",
            ":quit",
            ":sccache 1",
            ":load_config",
            ":restart",
            ":env A=b",
            ":toolchain nightly",
            ":opt 2",
            ":depth",
        ] {
            assert_eq!(
                of_cell(&format!("{command}\nfn f() {{}}")),
                "fn f() {}\n"
            );
        }
    }

    #[test]
    fn bytes_keep_their_places_without_commands() {
        let code = "!echo ж\n:dep a = \"1\"\r\nlet x = 1;\n";
        let harmless = without_commands(code, Some(code.len()));
        assert_eq!(harmless.len(), code.len());
        assert_eq!(harmless.trim_start(), "let x = 1;\n");
    }

    #[test]
    fn command_under_the_cursor_stays() {
        let code = ":restart\n:ve\nlet x = 1;";
        assert_eq!(
            without_commands(code, Some(":restart\n:ve".len())),
            "        \n:ve\nlet x = 1;"
        );
        assert!(!without_commands(code, None).contains(':'));
    }
}
