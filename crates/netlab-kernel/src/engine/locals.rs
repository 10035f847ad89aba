//! New variables, each with a type that the compiler is to find.
//!
//! `evcxr` asks its rust-analyzer for the type of every variable that a `let`
//! makes, unless it is written there. So behind such a `let` the cell gets
//! another one that names a type, `let a:NetlabType7=a;`. Only `evcxr` sees it:
//! the driver takes it out before the cell is compiled, and finds the type.

use std::ops::Range;

use ra_ap_syntax::ast::{self, AstNode, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile};

use crate::commands::blanked;
use crate::driver::UNKNOWN;

const BEFORE: &str = "fn cell() {\n";

/// A cell in which all new variables have types.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) text: String,
    added: Vec<Added>,
}

/// What was put into a cell.
#[derive(Debug)]
struct Added {
    /// Where in the cell as the user wrote it; all in characters.
    at: usize,
    length: usize,
    /// The variable there.
    variable: Range<usize>,
}

impl Named {
    /// The cell as it is.
    pub(super) fn unchanged(code: &str) -> Self {
        Self {
            text: code.to_owned(),
            added: Vec::new(),
        }
    }

    /// Gives the new variables of a cell types that are numbered from `next`
    /// on. A cell that is not understood stays as it is.
    pub(super) fn of(code: &str, next: &mut u64) -> Self {
        let mut named = Self::default();
        let mut rest = 0;
        for binding in bindings(code) {
            named.text.push_str(&code[rest..binding.end]);
            rest = binding.end;
            let name = &code[binding.name.clone()];
            let mutable = if binding.is_mutable { "mut " } else { "" };
            let added = format!("let {mutable}{name}:{UNKNOWN}{next}={name};");
            *next += 1;
            let characters = |to: usize| code[..to].chars().count();
            named.added.push(Added {
                at: characters(binding.end),
                length: added.chars().count(),
                variable: characters(binding.name.start)
                    ..characters(binding.name.end),
            });
            named.text.push_str(&added);
        }
        named.text.push_str(&code[rest..]);
        named
    }

    /// Where a character of the text is in the cell as the user wrote it.
    pub(crate) fn original(&self, at: usize) -> usize {
        let mut before = 0;
        for added in &self.added {
            let start = added.at + before;
            if at < start {
                break;
            }
            if at < start + added.length {
                return match at == start {
                    true => added.variable.start,
                    false => added.variable.end,
                };
            }
            before += added.length;
        }
        at - before
    }
}

/// A new variable.
struct Binding {
    name: Range<usize>,
    is_mutable: bool,
    /// The end of its `let`.
    end: usize,
}

/// The variables that the statements of a cell make, without those that have a
/// type already.
fn bindings(code: &str) -> Vec<Binding> {
    let whole = format!("{BEFORE}{}\n}}\n", blanked(code));
    let parsed = SourceFile::parse(&whole, Edition::Edition2024);
    if !parsed.errors().is_empty() {
        return Vec::new();
    }
    let cell = parsed.tree().items().find_map(|item| match item {
        ast::Item::Fn(cell) => cell.body(),
        _ => None,
    });
    let Some(cell) = cell else {
        return Vec::new();
    };
    let place = |node: &ra_ap_syntax::SyntaxNode| {
        let range = node.text_range();
        usize::from(range.start()) - BEFORE.len()
            ..usize::from(range.end()) - BEFORE.len()
    };
    let mut bindings = Vec::new();
    for statement in cell.statements() {
        let ast::Stmt::LetStmt(made) = statement else {
            continue;
        };
        let Some(pattern) = made.pat() else { continue };
        let is_plain = matches!(pattern, ast::Pat::IdentPat(_));
        if is_plain && made.ty().is_some_and(|ty| is_whole(&ty)) {
            continue;
        }
        for variable in pattern
            .syntax()
            .descendants()
            .filter_map(ast::IdentPat::cast)
        {
            let Some(name) = variable.name() else {
                continue;
            };
            // A variant or a constant looks the same in a larger pattern.
            let is_constant = name.text().starts_with(char::is_uppercase);
            if is_plain || !is_constant {
                bindings.push(Binding {
                    name: place(name.syntax()),
                    is_mutable: variable.mut_token().is_some(),
                    end: place(made.syntax()).end,
                });
            }
        }
    }
    bindings
}

/// Whether nothing in a type is left to be inferred.
fn is_whole(ty: &ast::Type) -> bool {
    !ty.syntax()
        .descendants()
        .any(|part| ast::InferType::can_cast(part.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str) -> String {
        Named::of(code, &mut 1).text
    }

    #[test]
    fn every_new_variable_gets_a_type() {
        assert_eq!(
            named("let a = f();\nlet mut b = 1; b += 1;"),
            "let a = f();let a:NetlabType1=a;\n\
             let mut b = 1;let mut b:NetlabType2=b; b += 1;"
        );
        assert_eq!(
            named("let (mut a, S { b, c: Some(d) }, _, None) = f();"),
            "let (mut a, S { b, c: Some(d) }, _, None) = f();\
             let mut a:NetlabType1=a;let b:NetlabType2=b;let d:NetlabType3=d;"
        );
        assert_eq!(
            named("let v: Vec<_> = f();"),
            "let v: Vec<_> = f();let v:NetlabType1=v;"
        );
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for code in [
            "",
            "1 + 1",
            "let a: u8 = 1;",
            "let _ = f();",
            "fn f() { let a = 1; }",
            "{ let a = 1; }",
            "if let Some(a) = f() { g(a); }",
            "let a = ;",
        ] {
            assert_eq!(named(code), code);
        }
    }

    #[test]
    fn lines_that_are_no_rust_stay_where_they_are() {
        assert_eq!(
            named(":dep жук = \"1\"\n!ls\nlet a = 1;\na"),
            ":dep жук = \"1\"\n!ls\nlet a = 1;let a:NetlabType1=a;\na"
        );
    }

    #[test]
    fn places_are_those_of_the_user() {
        let code = "let ж = 1; g(ж);\nh(ж);";
        let named = Named::of(code, &mut 1);
        let original = |part: &str| {
            let at = named.text.find(part).unwrap();
            let at = named.text[..at].chars().count();
            let at = named.original(at);
            code.chars().skip(at).collect::<String>()
        };
        assert_eq!(original("let ж = "), code);
        assert_eq!(original("g("), "g(ж);\nh(ж);");
        assert_eq!(original("h("), "h(ж);");
        let variable = named.text.find(":Netlab").unwrap() - "ж".len();
        let at = named.text[..variable].chars().count();
        assert_eq!(named.original(at), 5, "behind the variable");
    }
}
