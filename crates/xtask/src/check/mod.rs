//! The content linter: what a reviewer would have to remember.
//!
//! Each module below holds the rules of one subject; a rule looks at the
//! notebooks and says what is wrong where. No rule needs a kernel.

mod cells;
mod coverage;
mod headings;
mod links;
mod minutes;
mod notebook;
mod readme;
mod start_page;
pub(crate) mod workspaces;

use std::fmt;
use std::fs;

use anyhow::{Context, Result};

use crate::lessons;
use crate::project::Project;
use notebook::Notebook;

pub(crate) use notebook::canonical;
pub(crate) use start_page::START_PAGE;

/// One thing that is wrong, and where.
struct Finding {
    file: String,
    cell: Option<String>,
    problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => write!(f, "{} [{cell}]: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

/// What the rules have found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, file: &str, problem: impl Into<String>) {
        self.0.push(Finding {
            file: file.to_owned(),
            cell: None,
            problem: problem.into(),
        });
    }

    fn add_cell(&mut self, file: &str, cell: &str, problem: impl Into<String>) {
        self.0.push(Finding {
            file: file.to_owned(),
            cell: Some(cell.to_owned()),
            problem: problem.into(),
        });
    }
}

/// Checks every lesson; with `fix` first brings the notebooks into canonical
/// form, and the lesson table of the README, the start page and the workspaces
/// up to date. `false` when something is wrong.
///
/// # Errors
///
/// When a file can't be read, written, or is no notebook at all.
pub(crate) fn run(project: &Project, fix: bool) -> Result<bool> {
    let mut findings = Findings::default();
    let mut rows = Vec::new();
    let mut cards = Vec::new();
    let all = lessons::all(project)?;
    for lesson in &all {
        let mut notebooks = Vec::new();
        for file in lesson.files() {
            let path = project.notebooks().join(&file);
            let text = fs::read_to_string(&path)
                .with_context(|| format!("can't read {}", path.display()))?;
            let notebook = Notebook::parse(&file, &text)
                .with_context(|| format!("{file} is no notebook"))?;
            if text != notebook.canonical {
                if fix {
                    fs::write(&path, &notebook.canonical)?;
                    println!("{file}: brought into canonical form");
                } else {
                    findings.add(
                        &file,
                        "is not in canonical form; `cargo lab check --fix` \
                         brings it there",
                    );
                }
            }
            notebooks.push(notebook);
        }
        for notebook in &notebooks {
            headings::check(notebook, &mut findings);
            minutes::check(notebook, &mut findings);
            cells::check(notebook, &mut findings);
            links::check(project, notebook, &mut findings);
        }
        coverage::check(&notebooks, &mut findings);
        rows.push(readme::row(lesson, &notebooks));
        cards.push(start_page::card(lesson, &notebooks));
    }
    readme::check(project, &rows, fix, &mut findings)?;
    start_page::check(project, &cards, fix, &mut findings)?;
    workspaces::check(project, &all, fix, &mut findings)?;

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
