//! A code cell has a sentence before it, what to look at, and one after it,
//! what it means.

use super::Findings;
use super::markdown::has_prose;
use super::notebook::{Cell, Kind, Notebook};
use super::slides::{Slide, slides};

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let slides = slides(notebook);
    for (number, slide) in slides.iter().enumerate() {
        for (place, cell) in slide.cells.iter().enumerate() {
            if cell.kind != Kind::Code {
                continue;
            }
            if !slide.cells[..place].iter().any(|cell| says(cell)) {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    "no sentence stands before it on its slide: what to look at",
                );
            }
            let after = slide.cells[place + 1..].iter().any(|cell| says(cell));
            let goes_on = waits_for_its_use(cell)
                && slides.get(number + 1).is_some_and(opens_with_a_sentence);
            if !after && !goes_on {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    "no sentence stands after it on its slide: what it means",
                );
            }
        }
    }
}

fn says(cell: &Cell) -> bool {
    cell.kind == Kind::Markdown && has_prose(&cell.source)
}

fn opens_with_a_sentence(slide: &Slide<'_>) -> bool {
    let prose = slide
        .cells
        .iter()
        .take_while(|cell| cell.kind != Kind::Code);
    prose.into_iter().any(|cell| says(cell))
}

/// A cell that shows nothing, because it only defines something or asks for a
/// guess: its meaning is on the next slide.
fn waits_for_its_use(cell: &Cell) -> bool {
    let mut lines = cell
        .source
        .lines()
        .filter(|line| line.starts_with(|c: char| !c.is_whitespace()));
    lines.all(|line| BEGINNINGS.iter().any(|words| line.starts_with(words)))
}

/// How the outermost lines of definitions begin.
const BEGINNINGS: [&str; 16] = [
    "#[",
    "//",
    ")",
    "const ",
    "enum ",
    "fn ",
    "impl ",
    "impl<",
    "let guess",
    "pub ",
    "static ",
    "struct ",
    "trait ",
    "unsafe ",
    "use ",
    "}",
];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::sample::{self, code, markdown};
    use super::*;

    fn problems(cells: &[Value]) -> Vec<String> {
        let notebook = sample::notebook("01-a.ipynb", cells);
        sample::problems(|findings| check(&notebook, findings))
    }

    #[test]
    fn cell_between_two_sentences_passes() {
        let cells = [
            markdown("slide", "### Сервер\n\nСледите за `accept`."),
            code("-", "accept()"),
            code("-", "read()"),
            markdown("fragment", "Он ждал."),
        ];
        assert!(problems(&cells).is_empty());
    }

    #[test]
    fn cell_under_a_bare_heading_is_found() {
        let cells = [
            markdown("slide", "### Сервер"),
            code("-", "accept()"),
            markdown("fragment", "Он ждал."),
        ];
        let found = problems(&cells);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("before it"), "{found:?}");
    }

    #[test]
    fn cell_that_is_not_explained_is_found() {
        let folded = "<details><summary>На Python</summary>слова</details>";
        let cells = [
            markdown("slide", "Следите за `accept`."),
            code("-", "accept()"),
            markdown("-", folded),
            markdown("notes", "- **Заметка:** слова"),
            markdown("slide", "Дальше."),
        ];
        let found = problems(&cells);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("after it"), "{found:?}");
    }

    #[test]
    fn definition_may_be_explained_where_it_is_used() {
        let definition = "#[derive(Debug)]\nstruct A {\n    a: u8,\n}\n\n\
                          fn f(\n    a: A,\n) -> u8 {\n    a.a\n}";
        let used = markdown("slide", "Вызываем.");
        for source in [definition, "let guess = 2;"] {
            let cells = [
                markdown("slide", "Определяем."),
                code("-", source),
                used.clone(),
            ];
            assert!(problems(&cells).is_empty(), "{source}");
            assert_eq!(problems(&cells[..2]).len(), 1, "{source}");
        }
    }

    #[test]
    fn exercise_needs_no_sentence() {
        assert!(problems(&[code("skip", "todo!()")]).is_empty());
    }
}
