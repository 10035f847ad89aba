//! The hand-outs: every lesson executed, as a page, a deck and a PDF.

use std::path::Path;

use anyhow::{Context, Result};

use crate::Kernel;
use crate::lessons::{self, Lesson};
use crate::project::Project;
use crate::setup;

/// Where the site lies.
pub(crate) const SITE: &str = "target/site";

/// Executes lessons and makes a site of them that needs no network; `false`
/// when a lesson failed or something is missing in the site.
///
/// A lesson that fails does not keep the others from being exported. The
/// former site is replaced only when the new one is finished.
///
/// # Errors
///
/// When the set-up fails, there is no such lesson, or Python can't be started.
pub(crate) fn run(project: &Project, numbers: &[String]) -> Result<bool> {
    setup::run(project)?;
    let chosen = lessons::chosen(project, numbers)?;
    let kept = project.path("target/export");
    let mut failed = Vec::new();
    for lesson in &chosen {
        println!("executing {}", lesson.stem);
        if !execute(project, lesson, &kept)? {
            failed.push(lesson.stem.as_str());
        }
    }
    let status = project
        .python("python")
        .args(["-m", "export_lessons", "--site", SITE, "--executed"])
        .arg(kept.join(Kernel::Rust.name()))
        .args(failed.iter().map(|stem| format!("--failed={stem}")))
        .args(lessons::notebooks_of(project, &chosen))
        .status()
        .context("can't start the exporter from .lab/venv")?;
    Ok(status.success())
}

/// Executes a lesson and keeps its notebooks with their outputs in `kept`.
///
/// Each lesson has a runner of its own, so that one that can't even be read
/// stops no other.
fn execute(project: &Project, lesson: &Lesson, kept: &Path) -> Result<bool> {
    let mut runner =
        lessons::runner(project, std::slice::from_ref(lesson), Kernel::Rust);
    let status = runner
        .arg("--keep-outputs")
        .arg(kept)
        .status()
        .context("can't start the runner from .lab/venv")?;
    Ok(status.success())
}
