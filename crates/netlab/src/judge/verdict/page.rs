//! A verdict as HTML. Colours and sizes are the style sheet's
//! (`netlab-judged`); without it the tables still have their columns.

use super::{Failed, Verdict};
use crate::display::escape;
use crate::judge::transcript::Line;
use crate::judge::words::Text;

const CELL: &str =
    "style=\"text-align:left;vertical-align:top;padding:0.1em 1em 0.1em 0\"";

/// The verdict: its title, a table of the cases, the failed one with its
/// transcript.
pub(super) fn html(verdict: &Verdict) -> String {
    let state = if verdict.is_passed() {
        "right"
    } else {
        "wrong"
    };
    let title = escape(&verdict.title().to_string());
    let passed = verdict.cases.passed.iter();
    let passed: String = passed.map(|name| row("✓", "passed", name)).collect();
    let failed: String = verdict.failed.iter().map(failed).collect();
    let left = verdict.cases.left.iter();
    let left: String = left.map(|name| row("·", "left", name)).collect();
    format!(
        "<div class=\"netlab-judged netlab-{state}\">\
         <p class=\"netlab-verdict\" style=\"margin:0.2em 0\">{title}</p>\
         <div class=\"netlab-cases\">{passed}{failed}{left}</div>{}</div>",
        verdict.failed.iter().map(detail).collect::<String>()
    )
}

fn row(mark: &str, state: &str, name: &Text) -> String {
    let name = escape(&name.to_string());
    format!("<span class=\"netlab-{state}\">{mark} {name}</span> ")
}

fn failed(failed: &Failed) -> String {
    row("✗", "failed", &failed.name)
}

/// What there is to say of the failed case.
fn detail(failed: &Failed) -> String {
    let name = escape(&failed.name.to_string());
    let sentence = escape(&failed.failure.sentence.to_string());
    let lines = failed.failure.transcript.lines();
    let transcript = match lines.is_empty() {
        true => String::new(),
        false => {
            let rows: String = lines.iter().map(line).collect();
            format!(
                "<table style=\"border-collapse:collapse;margin:0\">{rows}</table>"
            )
        }
    };
    let words = failed.words().into_iter().map(|(head, text)| {
        let (head, text) = (escape(&head.to_string()), with_code(&text));
        format!("<p style=\"margin:0.2em 0\"><b>{head}:</b> {text}.</p>")
    });
    format!(
        "<p style=\"margin:0.2em 0\"><b>{name}:</b> {sentence}.</p>{transcript}{}",
        words.collect::<String>()
    )
}

/// A sentence in which code stands in backquotes.
fn with_code(text: &str) -> String {
    let parts = escape(text);
    let parts = parts.split('`').enumerate();
    let parts = parts.map(|(index, part)| match index % 2 {
        0 => part.to_owned(),
        _ => format!("<code>{part}</code>"),
    });
    parts.collect()
}

fn line(line: &Line) -> String {
    let expected = match line.is_expected {
        true => " class=\"netlab-expected\"",
        false => "",
    };
    let who = escape(&line.who.to_string());
    let (bytes, text) = (escape(&line.bytes), escape(&line.text));
    format!(
        "<tr{expected}><th {CELL}>{who}</th>\
         <td {CELL}><code>{bytes}</code></td>\
         <td {CELL}><code>{text}</code></td></tr>"
    )
}
