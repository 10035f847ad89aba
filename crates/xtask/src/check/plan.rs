//! The plan slide of a lesson: a row for each section, written from the
//! minutes of its slides.
//!
//! | row | what it covers |
//! |---|---|
//! | План и подготовка | the title and the sections «План …» and «Подготовка» |
//! | one for each other section, by its title | its core slides |
//! | Клиент (второй блокнот) | the client notebook, before what the lesson closes with |
//! | **всего** | the lesson |
//!
//! A section that is on no slide, as exercises are, is no row.

use super::Findings;
use super::budgets::{core_minutes, lesson_minutes};
use super::minutes::Minutes;
use super::notebook::{Kind, Notebook};
use super::sections::{Section, sections};
use super::slides::on_a_slide;

/// By its first line a plan is known.
const HEADER: &str = "| часть | минуты |";

/// Checks the plan in the first notebook of a lesson, and that of a client
/// which has one of its own.
pub(super) fn check(notebooks: &[Notebook], findings: &mut Findings) {
    for (number, planned) in planned(notebooks).enumerate() {
        let notebook = &planned[0];
        match place(notebook) {
            None if number == 0 => findings.add(
                &notebook.file,
                format!(
                    "has no plan: write the line {HEADER:?} on the plan \
                     slide, `cargo lab check --fix` does the rest"
                ),
            ),
            Some(cell)
                if written(planned, cell) != notebook.cells[cell].source =>
            {
                findings.add_cell(
                    &notebook.file,
                    &notebook.cells[cell].id,
                    "the plan is stale; `cargo lab check --fix` writes it",
                );
            }
            _ => {}
        }
    }
}

/// Writes the plans of a lesson.
pub(super) fn fix(notebooks: &mut [Notebook]) {
    let fresh: Vec<_> = planned(notebooks)
        .map(|planned| {
            place(&planned[0]).map(|cell| (cell, written(planned, cell)))
        })
        .collect();
    for (notebook, plan) in notebooks.iter_mut().zip(fresh) {
        if let Some((cell, source)) = plan {
            notebook.set_source(cell, &source);
        }
    }
}

/// What the plan of each notebook is about: that of the lecture is about the
/// whole lesson.
fn planned(notebooks: &[Notebook]) -> impl Iterator<Item = &[Notebook]> {
    let lesson = (!notebooks.is_empty()).then_some(notebooks);
    lesson.into_iter().chain(notebooks.chunks(1).skip(1))
}

fn written(planned: &[Notebook], cell: usize) -> String {
    rewritten(&planned[0].cells[cell].source, &table(planned))
}

/// The cell with the plan.
fn place(notebook: &Notebook) -> Option<usize> {
    notebook.cells.iter().position(|cell| {
        cell.kind == Kind::Markdown
            && on_a_slide(cell)
            && cell.source.lines().any(|line| line.trim() == HEADER)
    })
}

/// The text with another table in the place of its own.
fn rewritten(source: &str, table: &str) -> String {
    let is_row = |line: &&str| line.trim_start().starts_with('|');
    let lines: Vec<_> = source.lines().collect();
    let start = lines.iter().position(|line| line.trim() == HEADER);
    let start = start.expect("the plan was found by this line");
    let length = lines[start..]
        .iter()
        .take_while(|line| is_row(line))
        .count();
    let parts = [&lines[..start], &[table], &lines[start + length..]];
    parts.concat().join("\n")
}

fn table(notebooks: &[Notebook]) -> String {
    let mut table = format!("{HEADER}\n|---|---:|\n");
    for (title, minutes) in rows(notebooks) {
        table += &format!("| {title} | {} |\n", minutes.russian());
    }
    let sum = lesson_minutes(notebooks).russian();
    table + &format!("| **всего** | **{sum}** |")
}

fn rows(notebooks: &[Notebook]) -> Vec<(String, Minutes)> {
    let [lecture, clients @ ..] = notebooks else {
        return Vec::new();
    };
    let (opening, others): (Vec<_>, Vec<_>) =
        sections(lecture).into_iter().partition(Section::is_opening);
    let opening = opening.iter().map(Section::minutes).sum();
    let mut rows = vec![("План и подготовка".to_owned(), opening)];
    let closing = others.iter().position(Section::is_closing);
    let (middle, closing) = others.split_at(closing.unwrap_or(others.len()));
    let row =
        |section: &Section<'_>| (section.title.to_owned(), section.minutes());
    rows.extend(middle.iter().map(row));
    rows.extend(clients.iter().map(|client| {
        ("Клиент (второй блокнот)".to_owned(), core_minutes(client))
    }));
    rows.extend(closing.iter().map(row));
    rows
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{self, markdown, with};
    use super::*;

    fn slide(source: &str, minutes: f64) -> Value {
        with(markdown("slide", source), "minutes", json!(minutes))
    }

    fn lesson() -> Vec<Notebook> {
        let plan = format!("## План занятия\n\n{HEADER}\n\nЕщё строка.");
        vec![
            sample::notebook(
                "01-a.ipynb",
                &[
                    slide("# Сокеты", 0.75),
                    slide(&plan, 1.0),
                    slide("## Подготовка", 2.0),
                    slide("## Сервер", 2.5),
                    slide("## Итоги", 2.0),
                    markdown("skip", "## Упражнения"),
                ],
            ),
            sample::notebook("01-a-client.ipynb", &[slide("# Клиент", 20.0)]),
        ]
    }

    const WRITTEN: &str = "## План занятия

| часть | минуты |
|---|---:|
| План и подготовка | 3,75 |
| Сервер | 2,5 |
| Клиент (второй блокнот) | 20 |
| Итоги | 2 |
| **всего** | **28,25** |

Ещё строка.";

    #[test]
    fn header_alone_becomes_the_plan() {
        let mut lesson = lesson();
        fix(&mut lesson);
        assert_eq!(lesson[0].cells[1].source, WRITTEN);
        fix(&mut lesson);
        assert_eq!(lesson[0].cells[1].source, WRITTEN, "and stays it");
    }

    #[test]
    fn stale_plan_is_found_until_it_is_written() {
        let mut lesson = lesson();
        let found = |lesson: &[Notebook]| {
            sample::problems(|findings| check(lesson, findings))
        };
        assert!(found(&lesson)[0].contains("stale"));
        fix(&mut lesson);
        assert!(found(&lesson).is_empty());
    }

    #[test]
    fn client_may_have_a_plan_of_its_own() {
        let mut lesson = lesson();
        let plan = format!("## План\n\n{HEADER}");
        let cells = [slide("# Клиент", 1.0), slide(&plan, 1.0)];
        lesson[1] = sample::notebook("01-a-client.ipynb", &cells);
        fix(&mut lesson);
        let written = &lesson[1].cells[1].source;
        assert!(written.ends_with("| **всего** | **2** |"), "{written}");
        let found = sample::problems(|findings| check(&lesson, findings));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn lesson_without_a_plan_is_found() {
        let lesson = [sample::notebook("02-a.ipynb", &[slide("# A", 1.0)])];
        let found = sample::problems(|findings| check(&lesson, findings));
        assert!(found[0].contains("has no plan"), "{found:?}");
    }
}
