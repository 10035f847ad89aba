//! Completion and inspection, by the rust-analyzer inside `evcxr`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use super::Engine;
use crate::wire::Request;

impl Engine {
    /// Answers a `complete_request`.
    pub(super) fn complete(&mut self, request: &Request) {
        let kernel = self.kernel.clone();
        kernel.aside(&kernel.shell, request, || {
            let code = request.text("code");
            let at = cursor(request);
            let context = &mut self.context;
            let found = catch_unwind(AssertUnwindSafe(|| {
                context.completions(code, bytes(code, at))
            }));
            let Ok(Ok(found)) = found else {
                return Some(no_completions(request));
            };
            let start = characters(code, found.start_offset);
            let end = characters(code, found.end_offset);
            let matches: Vec<&str> =
                found.completions.iter().map(|c| c.code.as_str()).collect();
            let types: Vec<Value> = found
                .completions
                .iter()
                .map(|completion| {
                    json!({
                        "text": completion.code,
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
        });
    }

    /// Answers an `inspect_request`.
    pub(super) fn inspect(&mut self, request: &Request) {
        let kernel = self.kernel.clone();
        kernel.aside(&kernel.shell, request, || {
            let code = request.text("code");
            let at = end_of_word(code, bytes(code, cursor(request)));
            let context = &mut self.context;
            let found =
                catch_unwind(AssertUnwindSafe(|| context.hover_at(code, at)));
            Some(match found {
                Ok(Ok((plain, html))) if plain != "No documentation found" => {
                    json!({
                        "status": "ok",
                        "found": true,
                        "data": { "text/plain": plain, "text/html": html },
                        "metadata": {},
                    })
                }
                _ => nothing_found(),
            })
        });
    }
}

/// The answer when there is nothing to complete, or no time for it.
pub(crate) fn no_completions(request: &Request) -> Value {
    let at = cursor(request);
    json!({
        "status": "ok",
        "matches": [],
        "cursor_start": at,
        "cursor_end": at,
        "metadata": {},
    })
}

/// The answer when there is nothing to say about a word.
pub(crate) fn nothing_found() -> Value {
    json!({ "status": "ok", "found": false, "data": {}, "metadata": {} })
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
    fn positions_are_counted_in_characters() {
        let code = "let ж = x";
        assert_eq!(bytes(code, 6), 7);
        assert_eq!(characters(code, 7), 6);
        assert_eq!(bytes(code, 99), code.len());
        assert_eq!(end_of_word(code, 0), 3);
    }
}
