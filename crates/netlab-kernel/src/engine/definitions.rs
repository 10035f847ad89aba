//! The names that a cell defines, for whoever asks where a name comes from.

use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, SourceFile, SyntaxNode};

use crate::commands::blanked;

const BEFORE: &str = "fn cell() {\n";

/// A name, and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Definition {
    Variable(String),
    /// A function, a type, a trait, a module, a constant or a macro.
    Item(String),
    /// What a `use` brings: the name, and the path that it stands for.
    Import {
        name: String,
        path: String,
    },
    /// `use path::*`.
    Glob(String),
    /// A crate, by `:dep` or `extern crate`.
    Crate(String),
    Member(Member),
}

/// What belongs to a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Member {
    pub(crate) kind: MemberKind,
    /// The type.
    pub(crate) of: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MemberKind {
    /// A function of the type, with `self` or without.
    Method,
    /// A trait that is implemented for the type.
    Implementation,
}

/// What the statements and items of a cell define, in their order.
pub(super) fn of(code: &str) -> Vec<Definition> {
    let mut found: Vec<_> = code.lines().filter_map(dependency).collect();
    let whole = format!("{BEFORE}{}\n}}\n", blanked(code));
    let parsed = SourceFile::parse(&whole, Edition::Edition2024);
    let cell = parsed.tree().items().find_map(|item| match item {
        ast::Item::Fn(cell) => cell.body()?.stmt_list(),
        _ => None,
    });
    for node in cell.iter().flat_map(|cell| cell.syntax().children()) {
        match ast::Item::cast(node.clone()) {
            Some(item) => items(&item, &mut found),
            None => variables(&node, &mut found),
        }
    }
    found
}

/// Whether a line of the cell, counted from 1, belongs to an item: there the
/// variables of cells can't be seen.
pub(crate) fn is_in_item(code: &str, line: usize) -> bool {
    let whole = format!("{BEFORE}{}\n}}\n", blanked(code));
    let parsed = SourceFile::parse(&whole, Edition::Edition2024);
    let cell = parsed.tree().items().find_map(|item| match item {
        ast::Item::Fn(cell) => cell.body()?.stmt_list(),
        _ => None,
    });
    let number = |at: usize| whole[..at].matches('\n').count();
    cell.iter().flat_map(HasModuleItem::items).any(|item| {
        let range = item.syntax().text_range();
        (number(range.start().into())..=number(range.end().into()))
            .contains(&line)
    })
}

/// The crate of a line `:dep name = …`.
fn dependency(line: &str) -> Option<Definition> {
    let rest = line.trim_start().strip_prefix(":dep ")?.trim_start();
    let end = rest.find(|c: char| c == '=' || c.is_whitespace());
    let name = &rest[..end.unwrap_or(rest.len())];
    Some(Definition::Crate(name.replace('-', "_")))
}

fn variables(node: &SyntaxNode, found: &mut Vec<Definition>) {
    let pattern = ast::LetStmt::cast(node.clone()).and_then(|made| made.pat());
    let Some(pattern) = pattern else { return };
    let names = pattern
        .syntax()
        .descendants()
        .filter_map(ast::IdentPat::cast);
    for name in names.filter_map(|variable| variable.name()) {
        found.push(Definition::Variable(name.to_string()));
    }
}

fn items(item: &ast::Item, found: &mut Vec<Definition>) {
    let name = match item {
        ast::Item::Const(item) => item.name(),
        ast::Item::Enum(item) => item.name(),
        ast::Item::Fn(item) => item.name(),
        ast::Item::MacroDef(item) => item.name(),
        ast::Item::MacroRules(item) => item.name(),
        ast::Item::Module(item) => item.name(),
        ast::Item::Static(item) => item.name(),
        ast::Item::Struct(item) => item.name(),
        ast::Item::Trait(item) => item.name(),
        ast::Item::TypeAlias(item) => item.name(),
        ast::Item::Union(item) => item.name(),
        ast::Item::ExternCrate(item) => {
            let name = item.name_ref().map(|name| name.to_string());
            return found.extend(name.map(Definition::Crate));
        }
        ast::Item::Use(item) => {
            if let Some(tree) = item.use_tree() {
                imports(&tree, "", found);
            }
            return;
        }
        ast::Item::Impl(item) => return implementation(item, found),
        _ => None,
    };
    let Some(name) = name.map(|name| name.to_string()) else {
        return;
    };
    for derived in item.attrs().filter_map(|attribute| derived(&attribute)) {
        found.extend(derived.split(',').map(|path| {
            Definition::Member(Member {
                kind: MemberKind::Implementation,
                of: name.clone(),
                name: bare(path),
            })
        }));
    }
    found.push(Definition::Item(name));
}

/// What stands in the parentheses of `#[derive(…)]`.
fn derived(attribute: &ast::Attr) -> Option<String> {
    let text = attribute.syntax().text().to_string();
    let (_, rest) = text.split_once("derive(")?;
    let (derived, _) = rest.split_once(')')?;
    Some(derived.trim().trim_end_matches(',').to_owned())
}

fn imports(tree: &ast::UseTree, before: &str, found: &mut Vec<Definition>) {
    let own = tree.path().map(|path| path.syntax().text().to_string());
    let own = own.unwrap_or_default().replace(' ', "");
    let path = match (before.is_empty(), own.as_str()) {
        (_, "self") => before.to_owned(),
        (_, "") => before.to_owned(),
        (true, own) => own.to_owned(),
        (false, own) => format!("{before}::{own}"),
    };
    if let Some(list) = tree.use_tree_list() {
        for inner in list.use_trees() {
            imports(&inner, &path, found);
        }
    } else if tree.star_token().is_some() {
        found.push(Definition::Glob(path));
    } else {
        let renamed = tree.rename().and_then(|rename| rename.name());
        let name = renamed
            .map_or_else(|| last(&path).to_owned(), |name| name.to_string());
        found.push(Definition::Import { name, path });
    }
}

fn implementation(item: &ast::Impl, found: &mut Vec<Definition>) {
    let Some(of) = item.self_ty() else { return };
    let of = bare(&of.to_string());
    if let Some(implemented) = item.trait_() {
        found.push(Definition::Member(Member {
            kind: MemberKind::Implementation,
            of: of.clone(),
            name: bare(&implemented.to_string()),
        }));
    }
    let list = item.assoc_item_list();
    for item in list.iter().flat_map(|list| list.assoc_items()) {
        if let ast::AssocItem::Fn(function) = item
            && let Some(name) = function.name()
        {
            found.push(Definition::Member(Member {
                kind: MemberKind::Method,
                of: of.clone(),
                name: name.to_string(),
            }));
        }
    }
}

/// A type without its path and its parameters.
pub(crate) fn bare(name: &str) -> String {
    let end = name.find('<').unwrap_or(name.len());
    last(name[..end].trim()).to_owned()
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_kind_are_found() {
        let found = of(":dep my-crate = \"1\"\n\
            use std::io::{self, prelude::*, Write as _};\n\
            let (a, Some(mut b)) = f();\n\
            #[derive(Debug, Clone)]\nstruct Circle<T>(T);\n\
            impl<T> Shape for Circle<T> { fn area(&self) -> f64 { 1.0 } }\n\
            fn f() {}\nmacro_rules! m { () => {} }\nf();");
        let name = |name: &str| name.to_owned();
        use Definition::*;
        let circle = || name("Circle");
        let member = |kind, own: &str| {
            Member(super::Member {
                kind,
                of: circle(),
                name: name(own),
            })
        };
        let io = || name("std::io");
        assert_eq!(
            found,
            [
                Crate(name("my_crate")),
                Import {
                    name: name("io"),
                    path: io()
                },
                Glob(name("std::io::prelude")),
                Import {
                    name: name("Write"),
                    path: name("std::io::Write")
                },
                Variable(name("a")),
                Variable(name("b")),
                member(MemberKind::Implementation, "Debug"),
                member(MemberKind::Implementation, "Clone"),
                Item(circle()),
                member(MemberKind::Implementation, "Shape"),
                member(MemberKind::Method, "area"),
                Item(name("f")),
                Item(name("m")),
            ]
        );
    }

    #[test]
    fn lines_of_items_are_known() {
        let code = "let x = 1;\nfn f() {\n    x;\n}\nx;";
        let inside: Vec<_> =
            (1..=5).filter(|line| is_in_item(code, *line)).collect();
        assert_eq!(inside, [2, 3, 4]);
    }
}
