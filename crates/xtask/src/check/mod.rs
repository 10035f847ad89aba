//! The content linter: what a reviewer would have to remember.
//!
//! Each module holds the rules of one subject; a rule looks at the notebooks
//! and says what is wrong where. No rule needs a kernel. What is wanted of a
//! lesson, for who writes one, is in `notebooks/README.md`.
//!
//! | subject | modules |
//! |---|---|
//! | the lecture: slides, their minutes, the plan | [`slides`], [`sections`], [`budgets`], [`plan`] |
//! | the original: what mirrors it, its Python | [`coverage`], [`python`] |
//! | code | [`code`], [`formatting`], [`golf`], [`predictions`] |
//! | prose | [`headings`], [`sentences`], [`notes`], [`glossary`], [`owner`], [`links`] |
//! | cells and their metadata | [`cells`] |
//! | files that come from the lessons | [`readme`], [`start_page`], [`workspaces`] |
//! | what the rules read | [`notebook`], [`minutes`], [`markdown`], [`prose`], [`rust_text`], [`rustfmt`] |

mod budgets;
mod cells;
mod code;
mod coverage;
mod findings;
mod formatting;
mod glossary;
mod golf;
mod headings;
mod links;
mod markdown;
mod minutes;
mod notebook;
mod notes;
mod owner;
mod plan;
mod predictions;
mod prose;
mod python;
mod readme;
mod rust_text;
mod rustfmt;
#[cfg(test)]
mod sample;
mod sections;
mod sentences;
mod slides;
mod start_page;
pub(crate) mod workspaces;

use std::fs;

use anyhow::{Context, Result};

use crate::lessons::{self, Lesson};
use crate::project::Project;
use crate::readable;
use findings::Findings;
use glossary::Glossary;
use notebook::Notebook;

pub(crate) use notebook::{canonical, edition};
pub(crate) use start_page::START_PAGE;

/// A lesson and its notebooks.
type Checked = (Lesson, Vec<Notebook>);

/// Checks lessons; with `fix` first brings their notebooks into canonical
/// form, formats their code and writes their plans. Where all lessons are
/// checked, so are the lesson table of the README, the start page and the
/// workspaces, which `fix` brings up to date. `false` when something is wrong.
///
/// # Errors
///
/// When a file can't be read, written, or is no notebook at all; when there is
/// no such lesson; when rustfmt is missing.
pub(crate) fn run(
    project: &Project,
    numbers: &[String],
    fix: bool,
) -> Result<bool> {
    let chosen = lessons::chosen(project, numbers)?;
    readable::ensure_course(project, &chosen)?;
    let mut findings = Findings::default();
    let glossary = Glossary::read(project)?;
    let mut course = Vec::new();
    for lesson in chosen {
        let notebooks = read(project, &lesson, fix, &mut findings)?;
        for notebook in &notebooks {
            headings::check(notebook, &mut findings);
            slides::check(notebook, &mut findings);
            sections::check(notebook, &mut findings);
            cells::check(notebook, &mut findings);
            code::check(notebook, &mut findings);
            sentences::check(notebook, &mut findings);
            notes::check(notebook, &mut findings);
            predictions::check(notebook, &mut findings);
            glossary::check(&glossary, notebook, &mut findings);
            links::check(project, notebook, &mut findings);
        }
        budgets::check(&notebooks, &mut findings);
        plan::check(&notebooks, &mut findings);
        coverage::check(&notebooks, &mut findings);
        python::check(&notebooks, &mut findings);
        course.push((lesson, notebooks));
    }
    if numbers.is_empty() {
        predictions::check_course(&course, &mut findings);
        readme::check(project, &course, fix, &mut findings)?;
        start_page::check(project, &course, fix, &mut findings)?;
        workspaces::check(project, &course, fix, &mut findings)?;
    }

    for finding in &findings.0 {
        println!("{finding}");
    }
    match findings.0.len() {
        0 => println!("the content is in order"),
        1 => println!("1 problem"),
        count => println!("{count} problems"),
    }
    Ok(findings.0.is_empty())
}

/// Reads the notebooks of a lesson; with `fix` mends in them what needs no
/// judgement, otherwise finds it.
fn read(
    project: &Project,
    lesson: &Lesson,
    fix: bool,
    findings: &mut Findings,
) -> Result<Vec<Notebook>> {
    let mut texts = Vec::new();
    let mut notebooks = Vec::new();
    for file in lesson.files() {
        let path = project.notebooks().join(&file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("can't read {}", path.display()))?;
        let mut notebook = Notebook::parse(&file, &text)
            .with_context(|| format!("{file} is no notebook"))?;
        notebook.is_paired = lesson.has_client;
        if !fix && text != notebook.canonical()? {
            findings.add(
                &file,
                "is not in canonical form; `cargo lab check --fix` brings it \
                 there",
            );
        }
        formatting::check(&mut notebook, fix, findings)?;
        texts.push((path, text));
        notebooks.push(notebook);
    }
    if fix {
        notebooks.iter_mut().for_each(budgets::fix);
        plan::fix(&mut notebooks);
        for ((path, text), notebook) in texts.iter().zip(&notebooks) {
            let fresh = notebook.canonical()?;
            if fresh != *text {
                fs::write(path, fresh)?;
                println!("{}: brought into canonical form", notebook.file);
            }
        }
    }
    Ok(notebooks)
}

/// Checks a file that comes from the lessons, or writes it.
fn generated(
    project: &Project,
    file: &str,
    fresh: &str,
    fix: bool,
    findings: &mut Findings,
) -> Result<()> {
    let path = project.path(file);
    if fs::read_to_string(&path).is_ok_and(|text| text == fresh) {
        return Ok(());
    }
    if fix {
        let directory = path.parent().expect("a file lies in a directory");
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&path, fresh))
            .with_context(|| format!("can't write {file}"))?;
        println!("{file}: written");
    } else {
        findings.add(file, "is stale; `cargo lab check --fix` writes it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::sample::{code, markdown, with};
    use super::*;

    /// A clone with a lesson of two slides, and the words of the real one.
    fn clone() -> (tempfile::TempDir, Project) {
        let directory = tempfile::TempDir::new().unwrap();
        let project = Project::at(directory.path().to_path_buf());
        fs::create_dir_all(project.notebooks()).unwrap();
        let glossary = Project::here().path(glossary::FILE);
        fs::copy(glossary, project.path(glossary::FILE)).unwrap();
        let slide = |id: &str, source: &str| {
            let cell = markdown("slide", source);
            let mut cell = with(cell, "minutes", json!(1.5));
            cell["id"] = json!(id);
            cell
        };
        let mut step = code("-", "let a=1;");
        step["id"] = json!("step");
        let mut after = markdown("fragment", "Она наша.");
        after["id"] = json!("step-after");
        let cells = [
            slide("title", "# Тема\n\nСлово."),
            slide("plan", "## План\n\n| часть | минуты |"),
            slide("step-intro", "## Шаг\n\nПеременная."),
            step,
            after,
        ];
        let notebook = json!({"nbformat": 4, "cells": cells,
            "metadata": {"netlab": {"lesson": "07"}}});
        fs::write(project.path(FILE), notebook.to_string()).unwrap();
        (directory, project)
    }

    const FILE: &str = "notebooks/07-a.ipynb";

    #[test]
    fn fix_mends_what_needs_no_judgement() {
        let (_directory, project) = clone();
        let lesson = ["07".to_owned()];
        assert!(!run(&project, &lesson, false).unwrap());
        assert!(run(&project, &lesson, true).unwrap());
        assert!(run(&project, &lesson, false).unwrap(), "and it stays so");
        let text = fs::read_to_string(project.path(FILE)).unwrap();
        assert!(text.contains("let a = 1;"), "{text}");
        assert!(text.contains("| **всего** | **4,5** |"), "{text}");
        assert!(text.contains("\"minutes\": 4.5"), "{text}");
    }

    #[test]
    fn lesson_that_is_not_there_is_an_error() {
        let (_directory, project) = clone();
        let error = run(&project, &["08".to_owned()], false).unwrap_err();
        assert!(error.to_string().contains("07-a"), "{error}");
    }
}
