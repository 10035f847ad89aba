//! The lines of a cell that are no Rust: commands of `evcxr` (`:dep …`) and
//! what goes to a shell (`!ls`).
//!
//! They stand before the code. What looks like one behind its first line is
//! code, a line of a string for example.

/// Splits a cell where its code begins, as `evcxr` does.
pub(crate) fn split(code: &str) -> (&str, &str) {
    let mut commands = 0;
    for line in code.split_inclusive('\n') {
        let is_code = !line.starts_with('!')
            && !line.starts_with("//")
            && !line.trim().is_empty()
            && command(line).is_none();
        if is_code {
            break;
        }
        commands += line.len();
    }
    code.split_at(commands)
}

/// The command in a line, with its colon.
pub(crate) fn command(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(' ');
    line.starts_with(':')
        .then(|| line.split_whitespace().next())
        .flatten()
}

/// The cell with blanks in place of the lines before its code, so that every
/// byte of the code stays where it is.
pub(crate) fn blanked(code: &str) -> String {
    let (commands, rest) = split(code);
    blank(commands) + rest
}

/// As many bytes and the same lines, with nothing in them.
pub(crate) fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_where_it_is_without_commands() {
        let code = "!echo ж\n// x\n  :dep a = \"1\"\r\n\nlet x = 1;\n";
        let blanked = blanked(code);
        assert_eq!(blanked.len(), code.len());
        assert_eq!(blanked.trim_start(), "let x = 1;\n");
        assert_eq!(blanked.matches('\n').count(), 5);
    }

    #[test]
    fn what_looks_like_a_command_in_the_code_is_code() {
        let code = "fn f() {\n:dep a\n}";
        assert_eq!(split(code), ("", code));
        assert_eq!(blanked(code), code);
    }
}
