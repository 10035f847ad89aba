//! Predict, then run: an experiment compares what it saw with a guess that
//! was asked for before.

use super::coverage;
use super::notebook::{Cell, Kind, Notebook};
use super::slides::slides;
use super::{Checked, Findings};

const COMPARISON: &str = "predict::compare(";
const GUESS: &str = "let guess";

/// How many experiments the whole course asks to predict.
const COURSE: usize = 10;

/// Each comparison has its guess, and what the lecturer compares was asked of
/// the audience.
pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let cells: Vec<_> = notebook.cells.iter().filter(|c| is_code(c)).collect();
    let core: Vec<_> = slides(notebook)
        .into_iter()
        .filter(|slide| slide.is_core())
        .flat_map(|slide| slide.cells)
        .collect();
    let is_core = |cell: &Cell| core.iter().any(|own| std::ptr::eq(*own, cell));
    for (place, cell) in cells.iter().enumerate() {
        if !cell.source.contains(COMPARISON) {
            continue;
        }
        let mut guesses = cells[..place]
            .iter()
            .filter(|cell| cell.source.contains(GUESS));
        let guess = guesses.next_back();
        let problem = match guess {
            None => {
                "compares with a guess that no earlier cell asked for: \
                 `let guess = …;` on the slide before"
            }
            Some(guess) if is_core(cell) && !is_core(guess) => {
                "is core and compares with the guess of an extra"
            }
            Some(_) => continue,
        };
        findings.add_cell(&notebook.file, &cell.id, problem);
    }
}

/// The course as a whole asks often enough. While lessons of it are missing,
/// nobody can say so.
pub(super) fn check_course(course: &[Checked], findings: &mut Findings) {
    let lessons = course.iter().map(|(lesson, _)| lesson.number());
    if !coverage::is_whole_course(lessons) {
        return;
    }
    let cells = course
        .iter()
        .flat_map(|(_, notebooks)| notebooks)
        .flat_map(|notebook| &notebook.cells);
    let count = cells
        .filter(|cell| is_code(cell) && cell.source.contains(COMPARISON))
        .count();
    if count < COURSE {
        findings.add(
            "notebooks",
            format!(
                "{count} experiments ask for a guess ({COMPARISON}…)), \
                 {COURSE} are wanted"
            ),
        );
    }
}

fn is_code(cell: &Cell) -> bool {
    cell.kind == Kind::Code
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{self, code, with};
    use super::*;
    use crate::lessons::Lesson;

    const ASK: &str = "let guess = 2;";
    const ANSWER: &str = "netlab::predict::compare(guess, seen)";

    fn problems(cells: &[Value]) -> Vec<String> {
        let notebook = sample::notebook("01-a.ipynb", cells);
        sample::problems(|findings| check(&notebook, findings))
    }

    #[test]
    fn comparison_after_its_guess_passes() {
        assert!(problems(&[code("slide", ASK), code("-", ANSWER)]).is_empty());
    }

    #[test]
    fn comparison_with_nothing_is_found() {
        for cells in [
            vec![code("slide", ANSWER)],
            vec![code("slide", ANSWER), code("slide", ASK)],
        ] {
            let found = problems(&cells);
            assert!(found[0].contains("no earlier cell"), "{found:?}");
        }
    }

    #[test]
    fn guess_of_an_extra_is_none_for_the_core() {
        let extra = with(code("subslide", ASK), "track", json!("extra"));
        let found = problems(&[extra, code("slide", ANSWER)]);
        assert!(found[0].contains("guess of an extra"), "{found:?}");
    }

    #[test]
    fn course_that_seldom_asks_is_found() {
        let course = |comparisons: [usize; 4]| {
            let lessons = ["01-a", "02-a", "03-a", "04-a"];
            let lessons = lessons.into_iter().zip(comparisons);
            lessons
                .map(|(stem, count)| {
                    let lesson = Lesson {
                        stem: stem.to_owned(),
                        has_client: false,
                    };
                    let cells = vec![code("-", ANSWER); count];
                    let file = lesson.server_file();
                    (lesson, vec![sample::notebook(&file, &cells)])
                })
                .collect::<Vec<_>>()
        };
        let found = |course: &[Checked]| {
            sample::problems(|findings| check_course(course, findings))
        };
        let seldom = course([3, 3, 2, 1]);
        assert!(found(&seldom)[0].contains("9 experiments"));
        assert!(found(&course([3, 3, 3, 1])).is_empty());
        assert!(found(&seldom[..3]).is_empty(), "the course is not finished");
    }
}
