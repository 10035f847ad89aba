//! A lecturer plans by minutes: each section says its own, the notebook says
//! the sum.

use super::Findings;
use super::headings::headings;
use super::notebook::{Kind, Notebook};

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let mut sum = 0;
    for cell in &notebook.cells {
        let minutes = cell.netlab("minutes");
        match minutes.as_u64() {
            Some(minutes) => sum += minutes,
            None if !minutes.is_null() => findings.add_cell(
                &notebook.file,
                &cell.id,
                "netlab.minutes is not a whole number",
            ),
            None => {}
        }
        let opens_section = cell.kind == Kind::Markdown
            && headings(&cell.source).iter().any(|(level, _)| *level == 2);
        if opens_section && minutes.is_null() {
            findings.add_cell(
                &notebook.file,
                &cell.id,
                "opens a section and has no netlab.minutes",
            );
        }
    }
    let declared = notebook.metadata["netlab"]["minutes"].as_u64();
    if declared != Some(sum) {
        let declared = declared.map_or("nothing".to_owned(), |n| n.to_string());
        findings.add(
            &notebook.file,
            format!(
                "its sections take {sum} minutes, its metadata says {declared}"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(declared: u64, sections: &[Option<u64>]) -> usize {
        let cells: Vec<_> = sections
            .iter()
            .map(|minutes| {
                json!({"cell_type": "markdown", "id": "c", "source": "## A",
                    "metadata": {"netlab": {"minutes": minutes}}})
            })
            .collect();
        let text = json!({"nbformat": 4, "cells": cells,
            "metadata": {"netlab": {"minutes": declared}}});
        let notebook =
            Notebook::parse("01-a.ipynb", &text.to_string()).unwrap();
        let mut findings = Findings::default();
        check(&notebook, &mut findings);
        findings.0.len()
    }

    #[test]
    fn sections_that_add_up_pass() {
        assert_eq!(problems(15, &[Some(5), Some(10)]), 0);
    }

    #[test]
    fn wrong_sum_is_found() {
        assert_eq!(problems(20, &[Some(5), Some(10)]), 1);
    }

    #[test]
    fn section_without_minutes_is_found() {
        assert_eq!(problems(5, &[Some(5), None]), 1);
    }
}
