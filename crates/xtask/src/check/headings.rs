//! One H1, no level skipped: what a table of contents and a screen reader
//! live on.

use super::Findings;
use super::notebook::{Kind, Notebook};

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let mut previous = 0;
    let mut titles = 0;
    for cell in &notebook.cells {
        if cell.kind != Kind::Markdown {
            continue;
        }
        for (level, text) in headings(&cell.source) {
            titles += usize::from(level == 1);
            if level > previous + 1 {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    format!("«{text}» skips from level {previous} to {level}"),
                );
            }
            previous = level;
        }
    }
    if titles != 1 {
        findings.add(&notebook.file, format!("has {titles} H1 instead of one"));
    }
}

/// The headings of a Markdown text with their levels, fenced code left out.
pub(super) fn headings(markdown: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let text = &line[level..];
        if !fenced && (1..=6).contains(&level) && text.starts_with(' ') {
            found.push((level, text.trim()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(cells: &[&str]) -> Vec<String> {
        let cells: Vec<_> = cells
            .iter()
            .map(|source| {
                serde_json::json!({"cell_type": "markdown", "id": "c",
                    "metadata": {}, "source": source})
            })
            .collect();
        let text = serde_json::json!({"nbformat": 4, "metadata": {},
            "cells": cells})
        .to_string();
        let mut findings = Findings::default();
        check(
            &Notebook::parse("01-a.ipynb", &text).unwrap(),
            &mut findings,
        );
        findings.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_title_and_no_skipped_level_pass() {
        assert!(problems(&["# A", "## B", "### C", "## D"]).is_empty());
    }

    #[test]
    fn second_title_is_found() {
        assert_eq!(problems(&["# A", "# B"]).len(), 1);
    }

    #[test]
    fn skipped_level_is_found() {
        assert_eq!(problems(&["# A", "### C"]).len(), 1);
    }

    #[test]
    fn comment_in_fenced_code_is_no_heading() {
        assert!(problems(&["# A\n```sh\n# not a heading\n```"]).is_empty());
    }
}
