//! A lesson that can be held: each slide says its minutes, and what the
//! lecturer shows fits into the lesson.

use super::Findings;
use super::minutes::Minutes;
use super::notebook::Notebook;
use super::slides::{Slide, core, slides};

/// What one lesson may take, all its notebooks together.
const LESSON: Minutes = Minutes::of_quarters(90 * 4);
const CORE_SLIDES: usize = 40;
const CODE_CELLS: usize = 40;

/// Nobody runs and explains a cell in less.
const WITH_CODE: Minutes = Minutes::of_quarters(6);
/// Nobody reads a slide in less.
const WITHOUT_CODE: Minutes = Minutes::of_quarters(3);

/// Checks the notebooks of one lesson.
pub(super) fn check(notebooks: &[Notebook], findings: &mut Findings) {
    for notebook in notebooks {
        for slide in slides(notebook) {
            if let Some(problem) = minutes_of(&slide) {
                findings.add_cell(&notebook.file, &slide.first().id, problem);
            }
        }
        strays(notebook, findings);
        let sum = core_minutes(notebook);
        let declared = notebook.netlab("minutes");
        if Minutes::read(declared) != Some(sum) {
            findings.add(
                &notebook.file,
                format!(
                    "its core slides take {sum} minutes, its metadata says \
                     {declared}; `cargo lab check --fix` writes it"
                ),
            );
        }
    }
    whole(notebooks, findings);
}

/// Writes into the metadata of a notebook how long its core takes.
pub(super) fn fix(notebook: &mut Notebook) {
    let sum = core_minutes(notebook);
    if Minutes::read(notebook.netlab("minutes")) != Some(sum) {
        notebook.set_netlab("minutes", sum.json());
    }
}

/// How long the core of one notebook takes.
pub(super) fn core_minutes(notebook: &Notebook) -> Minutes {
    let slides = slides(notebook);
    let core = slides.iter().filter(|slide| slide.is_core());
    core.filter_map(|slide| Minutes::read(slide.first().netlab("minutes")))
        .sum()
}

/// How long a lesson takes: the notebooks are shown one beside the other, not
/// at the same time.
pub(super) fn lesson_minutes(notebooks: &[Notebook]) -> Minutes {
    notebooks.iter().map(core_minutes).sum()
}

fn minutes_of(slide: &Slide<'_>) -> Option<String> {
    let value = slide.first().netlab("minutes");
    if value.is_null() {
        return Some(
            "starts a slide and has no netlab.minutes (1.5, 2, …)".to_owned(),
        );
    }
    let Some(minutes) = Minutes::read(value) else {
        return Some(format!(
            "netlab.minutes is {value}; quarters of a minute are needed: \
             0.75, 1.5, 2"
        ));
    };
    if !slide.is_core() {
        return None;
    }
    let (least, what) = match slide.code().next() {
        Some(_) => (WITH_CODE, "with code"),
        None => (WITHOUT_CODE, "without code"),
    };
    (minutes < least).then(|| {
        format!(
            "{minutes} minutes for a core slide {what}, at least {least} are \
             honest"
        )
    })
}

/// Minutes that no slide counts.
fn strays(notebook: &Notebook, findings: &mut Findings) {
    let slides = slides(notebook);
    let firsts: Vec<_> = slides.iter().map(Slide::first).collect();
    for cell in &notebook.cells {
        let counts = firsts.iter().any(|first| std::ptr::eq(*first, cell));
        if !counts && !cell.netlab("minutes").is_null() {
            findings.add_cell(
                &notebook.file,
                &cell.id,
                "netlab.minutes is said by the first cell of a slide",
            );
        }
    }
}

fn whole(notebooks: &[Notebook], findings: &mut Findings) {
    let Some(first) = notebooks.first() else {
        return;
    };
    let core = core(notebooks);
    let code = core.iter().flat_map(Slide::code).count();
    let minutes = lesson_minutes(notebooks);
    if minutes > LESSON {
        findings.add(
            &first.file,
            format!(
                "the core of the lesson takes {minutes} minutes, {LESSON} are \
                 there: make slides extra"
            ),
        );
    }
    for (count, limit, what) in [
        (core.len(), CORE_SLIDES, "core slides"),
        (code, CODE_CELLS, "code cells on core slides"),
    ] {
        if count > limit {
            findings.add(
                &first.file,
                format!(
                    "the lesson has {count} {what}, {limit} can be held: make \
                     slides extra"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{self, code, markdown, with};
    use super::*;

    fn slide(minutes: f64) -> Value {
        with(markdown("slide", "### A"), "minutes", json!(minutes))
    }

    fn problems(declared: f64, cells: &[Value]) -> Vec<String> {
        let mut notebook = sample::notebook("01-a.ipynb", cells);
        notebook.set_netlab("minutes", json!(declared));
        sample::problems(|findings| check(&[notebook], findings))
    }

    #[test]
    fn slides_that_add_up_pass() {
        assert!(problems(3.5, &[slide(2.0), slide(1.5)]).is_empty());
    }

    #[test]
    fn wrong_sum_is_found_and_mended() {
        let found = problems(20.0, &[slide(2.0), slide(1.5)]);
        assert!(found[0].contains("take 3.5 minutes"), "{found:?}");
        let mut notebook = sample::notebook("01-a.ipynb", &[slide(2.0)]);
        fix(&mut notebook);
        let found = sample::problems(|findings| check(&[notebook], findings));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn slide_without_minutes_is_found() {
        let found = problems(2.0, &[slide(2.0), markdown("slide", "### B")]);
        assert!(found[0].contains("has no netlab.minutes"), "{found:?}");
    }

    #[test]
    fn slide_with_code_needs_a_minute_and_a_half() {
        let cells = [slide(1.25), code("-", "let a = 1;")];
        let found = problems(1.25, &cells);
        assert!(found[0].contains("at least 1.5"), "{found:?}");
        assert!(problems(1.25, &cells[..1]).is_empty());
    }

    #[test]
    fn extra_has_minutes_that_count_nowhere() {
        let extra = |minutes: Value| {
            let cell = markdown("subslide", "### B");
            with(with(cell, "track", json!("extra")), "minutes", minutes)
        };
        assert!(problems(2.0, &[slide(2.0), extra(json!(0.5))]).is_empty());
        assert_eq!(problems(2.0, &[slide(2.0), extra(json!(null))]).len(), 1);
    }

    #[test]
    fn minutes_in_the_middle_of_a_slide_are_found() {
        let second = with(markdown("-", "text"), "minutes", json!(1));
        let found = problems(2.0, &[slide(2.0), second]);
        assert!(found[0].contains("first cell of a slide"), "{found:?}");
    }

    #[test]
    fn lesson_that_nobody_can_hold_is_found() {
        let long = problems(90.5, &[slide(45.0), slide(45.5)]);
        assert!(long[0].contains("takes 90.5 minutes"), "{long:?}");
        let many = problems(41.0, &vec![slide(1.0); 41]);
        assert!(many[0].contains("41 core slides"), "{many:?}");
        let mut cells = vec![slide(90.0)];
        cells.extend(vec![code("-", "let a = 1;"); 41]);
        let code = problems(90.0, &cells);
        assert!(code[0].contains("41 code cells"), "{code:?}");
    }

    #[test]
    fn both_notebooks_of_a_lesson_count() {
        let pair = ["01-a.ipynb", "01-a-client.ipynb"]
            .map(|file| sample::notebook(file, &[slide(45.25)]));
        assert_eq!(lesson_minutes(&pair).to_string(), "90.5");
    }
}
