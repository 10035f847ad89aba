//! The hand-outs: every lesson executed, as a page, a deck and a PDF.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::lessons::{self, Lesson};
use crate::project::Project;
use crate::{Kernel, Track};
use crate::{readable, setup};

/// Where the site lies.
pub(crate) const SITE: &str = "target/site";

/// Where the executed notebooks lie, a directory for each kernel.
pub(crate) const EXECUTED: &str = "target/export";

/// Executes lessons and makes a site of them that needs no network; `false`
/// when a lesson failed or something is missing in the site.
///
/// A lesson that fails does not keep the others from being exported. The
/// former site is replaced only when the new one is finished.
///
/// # Errors
///
/// When there is no such lesson or none that can be read, the set-up fails, or
/// Python can't be started.
pub(crate) fn run(project: &Project, numbers: &[String]) -> Result<bool> {
    let chosen = lessons::chosen(project, numbers)?;
    let mut failed = Vec::new();
    for lesson in &chosen {
        let lesson_alone = std::slice::from_ref(lesson);
        if let Err(fault) = readable::ensure_course(project, lesson_alone) {
            eprintln!("error: {fault:#}");
            failed.push(lesson.stem.as_str());
        }
    }
    if failed.len() == chosen.len() {
        bail!("there is no lesson to export; {SITE} stays as it was");
    }
    setup::run(project)?;
    for lesson in &chosen {
        if failed.contains(&lesson.stem.as_str()) {
            continue;
        }
        println!("executing {}", lesson.stem);
        if !execute(project, lesson)? {
            failed.push(lesson.stem.as_str());
        }
    }
    let status = exporter(project, &chosen, &failed)
        .status()
        .context("can't start the exporter from .lab/venv")?;
    Ok(status.success())
}

/// The command that makes the site of executed `lessons`; those in `failed`
/// are named in it, not shown.
pub(crate) fn exporter(
    project: &Project,
    lessons: &[Lesson],
    failed: &[&str],
) -> Command {
    let mut exporter = project.python("python");
    exporter
        .args(["-m", "export_lessons", "--site", SITE, "--executed"])
        .arg(Path::new(EXECUTED).join(Kernel::Rust.name()))
        .args(failed.iter().map(|stem| format!("--failed={stem}")))
        .args(lessons::notebooks_of(project, lessons));
    exporter
}

/// Executes a lesson and keeps its notebooks with their outputs.
///
/// Each lesson has a runner of its own, so that one that can't even be started
/// stops no other.
fn execute(project: &Project, lesson: &Lesson) -> Result<bool> {
    let lesson = std::slice::from_ref(lesson);
    let mut runner = lessons::runner(project, lesson, Kernel::Rust, Track::All);
    let status = runner
        .arg("--keep-outputs")
        .arg(EXECUTED)
        .status()
        .context("can't start the runner from .lab/venv")?;
    Ok(status.success())
}
