//! The sections of a lesson, from one `## ` to the next, and how long each
//! takes.

use super::Findings;
use super::headings::headings;
use super::minutes::Minutes;
use super::notebook::{Kind, Notebook};
use super::slides::{Slide, slides};

/// One section. What stands before the first, the title, belongs to the first.
pub(super) struct Section<'a> {
    pub(super) title: &'a str,
    pub(super) slides: Vec<Slide<'a>>,
}

impl Section<'_> {
    /// What its core slides take; extras count nowhere.
    pub(super) fn minutes(&self) -> Minutes {
        let core = self.slides.iter().filter(|slide| slide.is_core());
        core.filter_map(|slide| Minutes::read(slide.first().netlab("minutes")))
            .sum()
    }

    /// The plan and the preparations: every lesson has them, they say nothing
    /// about it.
    pub(super) fn is_opening(&self) -> bool {
        let first_word = self.title.split(' ').next().unwrap_or_default();
        ["План", "Подготовка"].contains(&first_word)
    }

    /// What a lesson closes with.
    pub(super) fn is_closing(&self) -> bool {
        ["Итоги", "После занятия"]
            .iter()
            .any(|words| self.title.starts_with(words))
    }
}

/// The sections that have slides, in order.
pub(super) fn sections(notebook: &Notebook) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut before = Vec::new();
    for slide in slides(notebook) {
        match (title(&slide), sections.last_mut()) {
            (Some(title), _) => {
                let mut slides = std::mem::take(&mut before);
                slides.push(slide);
                sections.push(Section { title, slides });
            }
            (None, Some(section)) => section.slides.push(slide),
            (None, None) => before.push(slide),
        }
    }
    sections
}

/// The `## ` heading on a slide.
fn title<'a>(slide: &Slide<'a>) -> Option<&'a str> {
    slide
        .cells
        .iter()
        .filter(|cell| cell.kind == Kind::Markdown)
        .flat_map(|cell| headings(&cell.source))
        .find(|(level, _)| *level == 2)
        .map(|(_, title)| title)
}

/// A section begins where the lecturer is.
pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    for slide in slides(notebook) {
        for cell in &slide.cells {
            if cell.kind != Kind::Markdown {
                continue;
            }
            let opens = headings(&cell.source)
                .iter()
                .filter(|(level, _)| *level == 2)
                .count();
            if opens > 0 && cell.id != slide.first().id || opens > 1 {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    "a section (##) begins with a slide of its own",
                );
            } else if opens > 0 && !slide.is_core() {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    "a section (##) begins with a core slide; an extra has ###",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{self, markdown, with};
    use super::*;

    fn slide(source: &str, minutes: f64) -> Value {
        with(markdown("slide", source), "minutes", json!(minutes))
    }

    fn extra(source: &str) -> Value {
        let cell = with(markdown("subslide", source), "minutes", json!(5));
        with(cell, "track", json!("extra"))
    }

    #[test]
    fn section_lasts_as_long_as_its_core_slides() {
        let notebook = sample::notebook(
            "01-a.ipynb",
            &[
                slide("# Title", 0.75),
                slide("## План занятия", 1.0),
                slide("## Сервер", 1.5),
                slide("### Первая версия", 2.0),
                extra("### Глубже"),
                markdown("skip", "## Упражнения"),
            ],
        );
        let sections = sections(&notebook);
        let found: Vec<_> = sections
            .iter()
            .map(|section| (section.title, section.minutes().to_string()))
            .collect();
        let wanted = [("План занятия", "1.75"), ("Сервер", "3.5")];
        assert_eq!(found, wanted.map(|(title, m)| (title, m.to_owned())));
    }

    #[test]
    fn planner_is_no_plan() {
        let notebook = sample::notebook(
            "01-a.ipynb",
            &[slide("## Планировщик", 1.0), slide("## План", 1.0)],
        );
        let opening = sections(&notebook)
            .iter()
            .map(Section::is_opening)
            .collect::<Vec<_>>();
        assert_eq!(opening, [false, true]);
    }

    #[test]
    fn section_that_begins_with_an_extra_is_found() {
        let cells = [slide("## A", 1.0), extra("## B")];
        let notebook = sample::notebook("01-a.ipynb", &cells);
        let found = sample::problems(|findings| check(&notebook, findings));
        assert!(found[0].contains("an extra has ###"), "{found:?}");
    }

    #[test]
    fn section_in_the_middle_of_a_slide_is_found() {
        let mut second = markdown("-", "## B");
        second["id"] = json!("second");
        let notebook =
            sample::notebook("01-a.ipynb", &[slide("## A", 1.0), second]);
        let found = sample::problems(|findings| check(&notebook, findings));
        assert!(found[0].contains("a slide of its own"), "{found:?}");
    }
}
