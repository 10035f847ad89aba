//! Golf that rustfmt does not mend: it saves the author a line and costs the
//! reader a minute. Only what is certain is found.

use super::rust_text::only_code;

/// What of it is in a cell.
pub(super) fn check(source: &str) -> Vec<&'static str> {
    let code = only_code(source);
    let mut problems = Vec::new();
    if maps_an_array(&code) {
        problems.push("maps [x; n] for its count: write a loop over 0..n");
    }
    if drops_a_map(&code) {
        problems.push("uses map for a side effect: write a for loop or match");
    }
    if code.contains("sign *") {
        problems.push("multiplies by a sign: write the two cases");
    }
    if passes_a_block(&code) {
        problems.push("has a block as an argument: give its value a name");
    }
    problems
}

/// `[x; n].map(…)`.
fn maps_an_array(code: &str) -> bool {
    maps(code).any(|dot| {
        let array = code[..dot].trim_end();
        array.ends_with(']')
            && opening(array, array.len() - 1)
                .is_some_and(|start| array[start..].contains(';'))
    })
}

/// `….map(…);` as a whole statement.
fn drops_a_map(code: &str) -> bool {
    maps(code).any(|dot| {
        let call = dot + ".map(".len() - 1;
        let Some(end) = closing(code, call) else {
            return false;
        };
        let statement = statement_before(&code[..dot]);
        let uses_it = statement.is_none_or(|statement| {
            let first = statement.split_whitespace().next().unwrap_or_default();
            statement.contains('=') || ["return", "break"].contains(&first)
        });
        code[end + 1..].trim_start().starts_with(';') && !uses_it
    })
}

/// `f({ … })`; what a macro takes in braces is its own language.
fn passes_a_block(code: &str) -> bool {
    code.match_indices("({").any(|(at, _)| {
        code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn maps(code: &str) -> impl Iterator<Item = usize> {
    code.match_indices(".map(").map(|(at, _)| at)
}

/// The beginning of the statement that `before` is the first part of; `None`
/// inside parentheses, where a value is used.
fn statement_before(before: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, byte) in before.bytes().enumerate().rev() {
        match byte {
            b')' | b']' => depth += 1,
            b'(' | b'[' if depth == 0 => return None,
            b'(' | b'[' => depth -= 1,
            b';' | b'{' | b'}' if depth == 0 => {
                return Some(before[at + 1..].trim());
            }
            _ => {}
        }
    }
    Some(before.trim())
}

fn opening(code: &str, closing: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code[..=closing].bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            b'[' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn closing(code: &str, opening: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(opening) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golf_is_found() {
        for source in [
            "let handles = [5; 8].map(|n| spawn(n));",
            "clients.iter().map(|c| c.close());",
            "fn f() {\n    child.map(|c| c.kill());\n}",
            "total += sign * amount;",
            "run(2, f({ let a = 1; a }));",
        ] {
            assert_eq!(check(source).len(), 1, "{source}");
        }
    }

    #[test]
    fn honest_code_passes() {
        for source in [
            "let rows = [1, 2, 4, 8].map(row);",
            "let names: Vec<_> = all.iter().map(name).collect();",
            "all.iter().map(name).collect()",
            "all.iter().map(name)",
            "let n = text.parse().map(|n| n + 1);",
            "self.n = other.map(|n| n + 1);",
            "print(all.iter().map(name));",
            "return all.map(name);",
            "all.iter().map(name).for_each(drop);",
            "json!({\"a\": 1})",
            "// [5; 8].map(\nprintln!(\"[5; 8].map(f); sign * 2\");",
            "thread::spawn(move || { f() });",
        ] {
            assert!(check(source).is_empty(), "{source}");
        }
    }
}
