//! Every cell of the original lectures has its counterpart, in the original's
//! order.

use serde_json::Value;

use super::Findings;
use super::notebook::Notebook;

/// Which lesson mirrors which lecture: number of the lesson, prefix of the
/// lecture's ids, how many there are.
const LECTURES: [(&str, &str, usize); 2] = [("01", "S2", 52), ("02", "S1", 16)];

/// Checks the notebooks of one lesson.
pub(super) fn check(notebooks: &[Notebook], findings: &mut Findings) {
    let Some(first) = notebooks.first() else {
        return;
    };
    let number = first.file.split('-').next().unwrap_or_default();
    let Some((_, prefix, count)) =
        LECTURES.iter().find(|(lesson, ..)| *lesson == number)
    else {
        return;
    };
    let ids: Vec<_> =
        (1..=*count).map(|n| format!("{prefix}-{n:02}")).collect();
    let mut covered = vec![false; ids.len()];
    for notebook in notebooks {
        let mut furthest = 0;
        // An id may come again, for a repaired version of the same cell; what
        // counts is where a notebook has it first.
        let mut seen = vec![false; ids.len()];
        for cell in &notebook.cells {
            let mirrors = cell.netlab("mirrors").as_array();
            for mirror in
                mirrors.into_iter().flatten().filter_map(Value::as_str)
            {
                let Some(place) = ids.iter().position(|id| id == mirror) else {
                    findings.add_cell(
                        &notebook.file,
                        &cell.id,
                        format!(
                            "mirrors {mirror}, which the lecture does not have"
                        ),
                    );
                    continue;
                };
                if place < furthest && !seen[place] {
                    findings.add_cell(
                        &notebook.file,
                        &cell.id,
                        format!("mirrors {mirror} after {}", ids[furthest]),
                    );
                }
                furthest = furthest.max(place);
                seen[place] = true;
                covered[place] = true;
            }
        }
    }
    let missing: Vec<_> = ids
        .iter()
        .zip(&covered)
        .filter_map(|(id, covered)| (!covered).then_some(id.as_str()))
        .collect();
    if !missing.is_empty() {
        findings.add(
            &first.file,
            format!("no cell mirrors {}", missing.join(", ")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notebook(file: &str, mirrors: &[&[&str]]) -> Notebook {
        let cells: Vec<_> = mirrors
            .iter()
            .map(|ids| {
                json!({"cell_type": "code", "id": "c", "source": "",
                    "metadata": {"netlab": {"mirrors": ids}}})
            })
            .collect();
        let text = json!({"nbformat": 4, "metadata": {}, "cells": cells});
        Notebook::parse(file, &text.to_string()).unwrap()
    }

    fn problems(notebooks: &[Notebook]) -> Vec<String> {
        let mut findings = Findings::default();
        check(notebooks, &mut findings);
        findings.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn missing_cells_of_the_original_are_named() {
        let ids: Vec<_> = (1..=15).map(|n| format!("S1-{n:02}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        let found = problems(&[notebook("02-a.ipynb", &[&ids])]);
        assert_eq!(found, ["02-a.ipynb: no cell mirrors S1-16"]);
    }

    #[test]
    fn both_notebooks_of_a_lesson_count() {
        let ids: Vec<_> = (1..=16).map(|n| format!("S1-{n:02}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        let pair = [
            notebook("02-a.ipynb", &[&ids[..9]]),
            notebook("02-a-client.ipynb", &[&ids[9..]]),
        ];
        assert!(problems(&pair).is_empty());
    }

    #[test]
    fn order_of_the_original_is_kept() {
        let found =
            problems(&[notebook("02-a.ipynb", &[&["S1-05"], &["S1-04"]])]);
        assert!(found[0].contains("mirrors S1-04 after S1-05"), "{found:?}");
    }

    #[test]
    fn order_is_checked_in_the_second_notebook_too() {
        let found = problems(&[
            notebook("02-a.ipynb", &[&["S1-04", "S1-05"]]),
            notebook("02-a-client.ipynb", &[&["S1-05"], &["S1-04"]]),
        ]);
        let wanted = "02-a-client.ipynb [c]: mirrors S1-04 after S1-05";
        assert_eq!(found[0], wanted);
    }

    #[test]
    fn repeated_id_is_no_disorder() {
        let cells: [&[&str]; 3] = [&["S1-04"], &["S1-05"], &["S1-04"]];
        let found = problems(&[notebook("02-a.ipynb", &cells)]);
        assert!(
            !found.iter().any(|line| line.contains("after")),
            "{found:?}"
        );
    }

    #[test]
    fn unknown_id_is_found() {
        let found = problems(&[notebook("02-a.ipynb", &[&["S1-17"]])]);
        assert!(found[0].contains("does not have"), "{found:?}");
    }
}
