//! Completion and inspection: the questions for the analyst, and its answers
//! as Jupyter has them.

mod doctests;
mod rank;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::analyst::{self, Answer};
use crate::kernel::Kernel;
use crate::wire::Request;
use rank::Uses;

/// Answers a `complete_request` when the analyst does, whatever a cell does
/// meanwhile; empty at once while a cell runs and the analyst is not ready.
pub(super) fn complete(kernel: &Arc<Kernel>, request: Request) {
    let code = request.text("code").to_owned();
    let at = bytes(&code, cursor(&request));
    let question = analyst::Request::Complete {
        code: code.clone(),
        at,
    };
    let asked = Arc::clone(kernel);
    kernel
        .analyst
        .ask(question, kernel.cells.is_at_work(), move |answer| {
            asked.aside(&asked.shell, &request, || {
                Some(
                    completions(&asked, &code, answer)
                        .unwrap_or_else(|| none(&request)),
                )
            });
        });
}

/// Answers an `inspect_request`, as [`complete`] does.
pub(super) fn inspect(kernel: &Arc<Kernel>, request: Request) {
    let code = request.text("code").to_owned();
    let at = end_of_word(&code, bytes(&code, cursor(&request)));
    let question = analyst::Request::Inspect { code, at };
    let asked = Arc::clone(kernel);
    kernel
        .analyst
        .ask(question, kernel.cells.is_at_work(), move |answer| {
            asked.aside(&asked.shell, &request, || Some(documentation(answer)));
        });
}

fn completions(
    kernel: &Kernel,
    code: &str,
    answer: Option<Answer>,
) -> Option<Value> {
    let Some(Answer::Completions {
        start,
        end,
        mut all,
    }) = answer
    else {
        return None;
    };
    let typed = code.get(start..end).unwrap_or_default();
    let before = code.get(..start).unwrap_or_default();
    let after = code.get(end..).unwrap_or_default();
    let cells = kernel.history.cells();
    let cells = cells.iter().map(String::as_str).chain([before, after]);
    Uses::of(cells).sort(typed, &mut all, |it| &it.code);
    let start = characters(code, start);
    let end = characters(code, end);
    let matches: Vec<&str> = all.iter().map(|it| it.code.as_str()).collect();
    let types: Vec<Value> = all
        .iter()
        .map(|completion| {
            json!({
                "text": without_arguments(&completion.code),
                "type": completion.kind,
                "signature": completion.label,
                "start": start,
                "end": end,
            })
        })
        .collect();
    Some(json!({
        "status": "ok",
        "matches": matches,
        "cursor_start": start,
        "cursor_end": end,
        "metadata": { "_jupyter_types_experimental": types },
    }))
}

/// What JupyterLab inserts; the matches, which it shows, have the arguments.
///
/// While a list narrows, JupyterLab sorts it anew by what would be inserted,
/// and there `connect_timeout(` comes before `connect(`, but `connect` before
/// both. The arguments of a macro belong to its name.
fn without_arguments(code: &str) -> &str {
    let mut depth = 0;
    let Some(at) = code.ends_with(')').then(|| {
        code.rfind(|c: char| {
            depth += match c {
                ')' => 1,
                '(' => -1,
                _ => 0,
            };
            depth == 0
        })
    }) else {
        return code;
    };
    let name = &code[..at.unwrap_or(0)];
    match name.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        true => name,
        false => code,
    }
}

fn documentation(answer: Option<Answer>) -> Value {
    let (found, data) = match answer {
        Some(Answer::Documentation { plain, html }) => {
            let (plain, html) = doctests::hide_lines(&plain, &html);
            (true, json!({ "text/plain": plain, "text/html": html }))
        }
        _ => (false, json!({})),
    };
    json!({ "status": "ok", "found": found, "data": data, "metadata": {} })
}

/// The answer when there is nothing to complete.
fn none(request: &Request) -> Value {
    let at = cursor(request);
    json!({
        "status": "ok",
        "matches": [],
        "cursor_start": at,
        "cursor_end": at,
        "metadata": {},
    })
}

/// The position in the code, in characters; the end without one.
fn cursor(request: &Request) -> usize {
    let end = || request.text("code").chars().count();
    match request.content["cursor_pos"].as_u64() {
        Some(at) => usize::try_from(at).unwrap_or(usize::MAX).min(end()),
        None => end(),
    }
}

/// Jupyter counts characters (code points), `evcxr` bytes.
fn bytes(code: &str, characters: usize) -> usize {
    code.char_indices()
        .nth(characters)
        .map_or(code.len(), |(at, _)| at)
}

fn characters(code: &str, bytes: usize) -> usize {
    code.char_indices()
        .take_while(|(at, _)| *at < bytes)
        .count()
}

/// The end of the word around a position.
fn end_of_word(code: &str, from: usize) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let rest = &code[from..];
    from + rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_inserted_and_its_arguments_are_not() {
        for (code, inserted) in [
            ("connect(addr)", "connect"),
            ("accept()", "accept"),
            ("fold((a, b), f(x))", "fold"),
            ("iter().position(predicate)", "iter().position"),
            ("println!()", "println!()"),
            ("(a, b)", "(a, b)"),
            ("a)", "a)"),
            ("TcpStream", "TcpStream"),
        ] {
            assert_eq!(without_arguments(code), inserted);
        }
    }

    #[test]
    fn positions_are_counted_in_characters() {
        let code = "let ж = x";
        assert_eq!(bytes(code, 6), 7);
        assert_eq!(characters(code, 7), 6);
        assert_eq!(bytes(code, 99), code.len());
        assert_eq!(end_of_word(code, 0), 3);
    }
}
