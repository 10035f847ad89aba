//! Every block of the original lectures has its counterpart in the core of a
//! lesson, in the original's order.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::Findings;
use super::notebook::{Cell, Notebook};
use super::slides::slides;

/// Which lesson mirrors which blocks of which lecture.
const LECTURES: [(&str, &str, RangeInclusive<usize>); 4] = [
    ("01", "S2", 1..=52),
    ("02", "S1", 1..=9),
    ("03", "S1", 10..=14),
    ("04", "S1", 15..=16),
];

/// Whether these lessons, by their numbers, are all that mirror a lecture.
pub(super) fn is_whole_course<'a>(
    lessons: impl Iterator<Item = &'a str> + Clone,
) -> bool {
    LECTURES
        .iter()
        .all(|(number, ..)| lessons.clone().any(|own| own == *number))
}

/// The ids that a lesson mirrors, in order.
pub(super) fn ids_of(lesson: &str) -> Vec<String> {
    let lecture = LECTURES.iter().find(|(number, ..)| *number == lesson);
    lecture
        .map(|(_, prefix, blocks)| {
            blocks.clone().map(|n| format!("{prefix}-{n:02}")).collect()
        })
        .unwrap_or_default()
}

/// Whether a cell is the counterpart of a block.
pub(super) fn mirrors(cell: &Cell, id: &str) -> bool {
    ids(cell.netlab("mirrors")).any(|own| own == id)
}

fn ids(mirrors: &Value) -> impl Iterator<Item = &str> {
    mirrors
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Checks the notebooks of one lesson.
pub(super) fn check(notebooks: &[Notebook], findings: &mut Findings) {
    let Some(first) = notebooks.first() else {
        return;
    };
    let wanted = ids_of(first.lesson());
    let mut covered = vec![false; wanted.len()];
    let mut mark = |id: &str| {
        if let Some(place) = wanted.iter().position(|own| own == id) {
            covered[place] = true;
        }
    };
    for notebook in notebooks {
        // Settings are mirrored by settings, which have no place in an order.
        for id in ids(notebook.netlab("mirrors")) {
            match foreign(id, &wanted) {
                Some(problem) => findings.add(&notebook.file, problem),
                None => mark(id),
            }
        }
        for id in in_order(notebook, &wanted, findings) {
            mark(id);
        }
        strays(notebook, findings);
    }
    let missing: Vec<_> = wanted
        .iter()
        .zip(&covered)
        .filter_map(|(id, covered)| (!covered).then_some(id.as_str()))
        .collect();
    if !missing.is_empty() {
        findings.add(
            &first.file,
            format!("no core slide mirrors {}", missing.join(", ")),
        );
    }
}

/// Checks the core slides of a notebook; the ids that they mirror.
fn in_order<'a>(
    notebook: &'a Notebook,
    wanted: &[String],
    findings: &mut Findings,
) -> Vec<&'a str> {
    // An id may come again, for a repaired version of the same cell; what
    // counts is where a notebook has it first.
    let mut seen: Vec<&str> = Vec::new();
    let mut furthest = 0;
    let slides = slides(notebook).into_iter();
    for cell in slides.filter(|slide| slide.is_core()).flat_map(|s| s.cells) {
        for id in ids(cell.netlab("mirrors")) {
            if let Some(problem) = foreign(id, wanted) {
                findings.add_cell(&notebook.file, &cell.id, problem);
                continue;
            }
            let place = wanted.iter().position(|own| own == id).unwrap_or(0);
            if place < furthest && !seen.contains(&id) {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    format!("mirrors {id} after {}", wanted[furthest]),
                );
            }
            furthest = furthest.max(place);
            seen.push(id);
        }
    }
    seen
}

/// What is wrong with an id that the lesson does not mirror.
fn foreign(id: &str, wanted: &[String]) -> Option<String> {
    if wanted.iter().any(|own| own == id) {
        return None;
    }
    let owner = LECTURES
        .iter()
        .map(|(lesson, ..)| lesson)
        .find(|lesson| ids_of(lesson).iter().any(|own| own == id));
    Some(match owner {
        Some(lesson) => format!("mirrors {id}, which is of lesson {lesson}"),
        None => format!("mirrors {id}, which no lecture has"),
    })
}

/// What only a student who goes deeper sees mirrors nothing.
fn strays(notebook: &Notebook, findings: &mut Findings) {
    let slides = slides(notebook);
    let core: Vec<_> = slides
        .iter()
        .filter(|slide| slide.is_core())
        .flat_map(|slide| &slide.cells)
        .collect();
    for cell in &notebook.cells {
        let is_core = core.iter().any(|own| std::ptr::eq(**own, cell));
        if !is_core && !cell.netlab("mirrors").is_null() {
            findings.add_cell(
                &notebook.file,
                &cell.id,
                "only cells of core slides have netlab.mirrors",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{self, code, with};
    use super::*;

    fn notebook(file: &str, mirrors: &[&[&str]]) -> Notebook {
        let cells: Vec<_> = mirrors
            .iter()
            .map(|ids| with(code("slide", "a"), "mirrors", json!(ids)))
            .collect();
        sample::notebook(file, &cells)
    }

    fn problems(notebooks: &[Notebook]) -> Vec<String> {
        sample::problems(|findings| check(notebooks, findings))
    }

    #[test]
    fn lessons_mirror_all_blocks_of_both_lectures_once() {
        let ids: Vec<_> = LECTURES
            .iter()
            .flat_map(|(lesson, ..)| ids_of(lesson))
            .collect();
        assert_eq!(ids.len(), 68);
        assert_eq!(ids.first().unwrap(), "S2-01");
        assert_eq!(ids.last().unwrap(), "S1-16");
    }

    #[test]
    fn missing_blocks_of_the_original_are_named() {
        let found = problems(&[notebook("04-a.ipynb", &[&["S1-15"]])]);
        assert_eq!(found, ["04-a.ipynb: no core slide mirrors S1-16"]);
    }

    #[test]
    fn both_notebooks_of_a_lesson_count() {
        let pair = [
            notebook("04-a.ipynb", &[&["S1-15"]]),
            notebook("04-a-client.ipynb", &[&["S1-16"]]),
        ];
        assert!(problems(&pair).is_empty());
    }

    #[test]
    fn settings_of_a_notebook_count() {
        let mut settings = notebook("04-a.ipynb", &[&["S1-15"]]);
        settings.set_netlab("mirrors", json!(["S1-16"]));
        assert!(problems(&[settings]).is_empty());
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
        let wanted = "02-a-client.ipynb [cell]: mirrors S1-04 after S1-05";
        assert_eq!(found[0], wanted);
    }

    #[test]
    fn repeated_id_is_no_disorder() {
        let cells: [&[&str]; 3] = [&["S1-15"], &["S1-16"], &["S1-15"]];
        assert!(problems(&[notebook("04-a.ipynb", &cells)]).is_empty());
    }

    #[test]
    fn block_of_another_lesson_is_found() {
        let found = problems(&[notebook("02-a.ipynb", &[&["S1-10"]])]);
        assert!(found[0].contains("is of lesson 03"), "{found:?}");
        let found = problems(&[notebook("02-a.ipynb", &[&["S1-17"]])]);
        assert!(found[0].contains("no lecture has"), "{found:?}");
    }

    #[test]
    fn extra_covers_nothing() {
        let extra = with(code("subslide", "a"), "mirrors", json!(["S1-16"]));
        let cells = [
            with(code("slide", "a"), "mirrors", json!(["S1-15"])),
            with(extra, "track", json!("extra")),
            with(code("skip", "a"), "mirrors", json!(["S1-16"])),
        ];
        let found = problems(&[sample::notebook("04-a.ipynb", &cells)]);
        let strays = found.iter().filter(|f| f.contains("only cells of core"));
        assert_eq!(strays.count(), 2, "{found:?}");
        assert!(found[2].contains("mirrors S1-16"), "{found:?}");
    }
}
