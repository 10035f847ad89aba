//! The name that an error of the compiler is about.

use serde_json::Value;

use super::super::backquotes::{self, quoted};
use crate::engine::{Member, MemberKind, Wanted, bare};

/// What is looked for, if the error is about a name that is not found.
pub(super) fn of(error: &Value) -> Option<Wanted> {
    let message = error["message"].as_str()?;
    let Some(code) = error["code"]["code"].as_str() else {
        let is_macro = message.starts_with("cannot find macro ");
        return is_macro.then(|| backquotes::first(message).map(name))?;
    };
    match code {
        "E0405" | "E0408" | "E0412" | "E0422" | "E0425" | "E0433" | "E0531"
        | "E0532" | "E0574" => {
            // In a module or a type there may be another of the same name.
            let is_here = message.contains("in this scope")
                || message.contains("failed to resolve");
            is_here.then(|| backquotes::first(message).map(name))?
        }
        "E0432" => {
            let path = backquotes::first(message)?;
            Some(name(path.split("::").next()?))
        }
        "E0599" => out_of_scope(error).or_else(|| {
            let mut quoted = quoted(message);
            let called = quoted.next()?;
            Some(Wanted::Member(Member {
                kind: MemberKind::Method,
                of: bare(quoted.next()?.trim_start_matches('&')),
                name: called.to_owned(),
            }))
        }),
        "E0277" => {
            let bound = message.strip_prefix("the trait bound ")?;
            let (of, implemented) =
                backquotes::first(bound)?.split_once(": ")?;
            Some(Wanted::Member(Member {
                kind: MemberKind::Implementation,
                of: bare(of),
                name: bare(implemented),
            }))
        }
        _ => None,
    }
}

/// The trait that has the method and is only not in scope.
fn out_of_scope(error: &Value) -> Option<Wanted> {
    let notes = error["children"].as_array()?;
    notes.iter().find_map(|note| {
        let spans = note["spans"].as_array()?;
        let imports: Vec<&str> = spans
            .iter()
            .filter_map(|span| span["suggested_replacement"].as_str())
            .filter_map(|text| text.trim().strip_prefix("use "))
            .collect();
        let is_about = note["message"].as_str()?.contains("in scope");
        let path = imports.first()?.trim_end_matches(';').trim();
        is_about.then(|| Wanted::Trait(path.to_owned()))
    })
}

fn name(name: &str) -> Wanted {
    Wanted::Name(name.trim_end_matches('!').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wanted(code: &str, message: &str) -> Option<Wanted> {
        let code = match code {
            "" => Value::Null,
            code => json!({ "code": code }),
        };
        of(&json!({ "code": code, "message": message, "children": [] }))
    }

    #[test]
    fn names_are_found_in_the_words_of_the_compiler() {
        for (code, message, expected) in [
            ("E0425", "cannot find value `x` in this scope", "x"),
            ("E0412", "cannot find type `Circle` in this scope", "Circle"),
            (
                "E0433",
                "failed to resolve: use of undeclared type `A`",
                "A",
            ),
            ("E0432", "unresolved import `net::x`", "net"),
            ("", "cannot find macro `square` in this scope", "square"),
        ] {
            let expected = Wanted::Name(expected.to_owned());
            assert_eq!(wanted(code, message), Some(expected), "{message}");
        }
        let elsewhere = "cannot find function `f` in module `m`";
        assert_eq!(wanted("E0425", elsewhere), None);
        assert_eq!(wanted("E0308", "mismatched types"), None);
    }

    #[test]
    fn methods_and_traits_belong_to_a_type() {
        let (of, name) = ("Circle".to_owned(), "area".to_owned());
        let message = "no method named `area` found for struct `Circle` in \
                       the current scope";
        assert_eq!(
            wanted("E0599", message),
            Some(Wanted::Member(Member {
                kind: MemberKind::Method,
                of: of.clone(),
                name
            }))
        );
        let name = "Shape".to_owned();
        let message = "the trait bound `Circle: Shape` is not satisfied";
        assert_eq!(
            wanted("E0277", message),
            Some(Wanted::Member(Member {
                kind: MemberKind::Implementation,
                of,
                name
            }))
        );
    }

    #[test]
    fn trait_that_is_not_in_scope_is_wanted_by_its_path() {
        let error = json!({
            "code": { "code": "E0599" },
            "message": "no method named `write_all` found for struct `TcpStream`",
            "children": [{
                "message": "trait `Write` which provides `write_all` is \
                            implemented but not in scope; perhaps you want to \
                            import it",
                "spans": [{ "suggested_replacement": "use std::io::Write;\n" }],
            }],
        });
        let expected = Wanted::Trait("std::io::Write".to_owned());
        assert_eq!(of(&error), Some(expected));
    }
}
