//! Which part of a Rust text is code, and which only looks like it: the
//! contents of strings and comments.

/// What a byte of a Rust text belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Code,
    Comment,
    /// A string, with its quotation marks.
    Text,
}

/// The class of every byte.
pub(super) fn classes(source: &str) -> Vec<Class> {
    let mut classes = Vec::with_capacity(source.len());
    while classes.len() < source.len() {
        let at = classes.len();
        let (length, class) = next(&source[..at], &source[at..]);
        classes.resize(at + length, class);
    }
    classes
}

/// The text with blanks for strings and comments; every byte stays in place.
pub(super) fn only_code(source: &str) -> String {
    let bytes = source.bytes().zip(classes(source));
    let kept = bytes.map(|(byte, class)| match (class, byte) {
        (Class::Code, byte) if byte.is_ascii() => char::from(byte),
        (_, b'\n') => '\n',
        // A letter outside strings and comments is part of a name.
        (Class::Code, _) => 'x',
        _ => ' ',
    });
    kept.collect()
}

/// How long the token at the beginning of `rest` is, and what it is.
fn next(before: &str, rest: &str) -> (usize, Class) {
    let bytes = rest.as_bytes();
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Class::Comment);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), Class::Comment);
    }
    if bytes[0] == b'"' {
        return (string(rest), Class::Text);
    }
    if bytes[0] == b'\'' {
        return (character(rest), Class::Text);
    }
    let in_a_name = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let hashes = bytes[1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes[0] == b'r'
        && bytes.get(1 + hashes) == Some(&b'"')
        && (!in_a_name || before.ends_with(['b', 'c']))
    {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 2;
        let length = rest[start..].find(&end).map(|at| start + at + end.len());
        return (length.unwrap_or(rest.len()), Class::Text);
    }
    (rest.chars().next().map_or(1, char::len_utf8), Class::Code)
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character; the quote of a lifetime is a token of its own.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            let after_escape = chars.nth(1).map_or(rest.len(), |(at, _)| at);
            let end = rest[after_escape..].find('\'');
            end.map_or(1, |at| after_escape + at + 1)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_blanked_in_place() {
        for (source, code) in [
            ("a(\"x \\\" {\") // {", "a(        )     "),
            ("a /* { /* { */ */ b", "a                 b"),
            ("r#\"{ \" }\"# b", "           b"),
            ("br\"\\\" b", "b     b"),
            ("for_r\"x\"", "for_r   "),
            ("'{' '\\'' '\\u{7d}' b", "                  b"),
            ("&'a str", "& a str"),
            ("\"байт\"\n;", "          \n;"),
        ] {
            assert_eq!(only_code(source), code, "{source}");
        }
    }

    #[test]
    fn unfinished_string_goes_to_the_end() {
        assert_eq!(only_code("a \"b\nc"), "a   \n ");
    }
}
