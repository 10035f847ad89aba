//! The lesson table of the README comes from the notebooks.

use std::fs;

use anyhow::{Context, Result};

use super::budgets::lesson_minutes;
use super::notebook::Notebook;
use super::{Checked, Findings};
use crate::lessons::Lesson;
use crate::project::Project;

const BEGIN: &str =
    "<!-- lessons: `cargo lab check --fix` writes this table -->\n";
const END: &str = "<!-- end of lessons -->";

/// The row of a lesson.
fn row(lesson: &Lesson, notebooks: &[Notebook]) -> String {
    let titles = notebooks.iter().map(|notebook| {
        format!("[{}](notebooks/{})", notebook.title(), notebook.file)
    });
    let minutes = lesson_minutes(notebooks);
    let number = lesson.number();
    let titles = titles.collect::<Vec<_>>().join("<br>");
    format!("| {number} | {titles} | {minutes} |\n")
}

/// Checks the lesson table of the README, or writes it.
pub(super) fn check(
    project: &Project,
    course: &[Checked],
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let path = project.path("README.md");
    let text = fs::read_to_string(&path).context("can't read README.md")?;
    let Some((before, rest)) = text.split_once(BEGIN) else {
        findings.add("README.md", "has no place for the lesson table");
        return Ok(());
    };
    let Some((_, after)) = rest.split_once(END) else {
        findings.add("README.md", "the lesson table has no end");
        return Ok(());
    };
    let rows = course
        .iter()
        .map(|(lesson, notebooks)| row(lesson, notebooks));
    let rows: String = rows.collect();
    let table = format!("| | lesson | minutes |\n|---|---|---|\n{rows}");
    let fresh = format!("{before}{BEGIN}{table}{END}{after}");
    if fresh == text {
        return Ok(());
    }
    if fix {
        fs::write(path, fresh)?;
        println!("README.md: lesson table written");
    } else {
        findings.add(
            "README.md",
            "the lesson table is stale; `cargo lab check --fix` writes it",
        );
    }
    Ok(())
}
