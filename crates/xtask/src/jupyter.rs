//! Opening the lab and the decks.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::{lessons, setup};

/// Sets up what is missing and opens JupyterLab at the first lesson.
///
/// # Errors
///
/// When the set-up fails or JupyterLab can't be started. On success this
/// process becomes JupyterLab and does not return.
pub(crate) fn open_lab(project: &Project, browser: bool) -> Result<bool> {
    let lesson = lessons::all(project)?
        .into_iter()
        .next()
        .context("there is no lesson in notebooks/")?;
    open(
        project,
        &format!("/lab/tree/notebooks/{}", lesson.server_file()),
        browser,
    )
}

/// The same, straight into the slides of a lesson.
///
/// # Errors
///
/// As [`open_lab`], and when there is no such lesson.
pub(crate) fn open_slides(
    project: &Project,
    number: &str,
    browser: bool,
) -> Result<bool> {
    let lesson = lessons::find(project, number)?;
    open(
        project,
        &format!("/rise/notebooks/{}", lesson.server_file()),
        browser,
    )
}

fn open(project: &Project, url: &str, browser: bool) -> Result<bool> {
    setup::run(project)?;
    let mut jupyter = project.python("jupyter");
    jupyter
        .arg("lab")
        .arg(format!("--ServerApp.root_dir={}", project.root().display()))
        .arg(format!("--LabApp.default_url={url}"))
        // By default the checkpoints would lie beside the notebooks.
        .arg(format!(
            "--FileCheckpoints.checkpoint_dir={}",
            project.path(".lab/jupyter/checkpoints").display()
        ));
    if !browser {
        jupyter.arg("--no-browser");
    }
    // Jupyter refuses to run as root without being told so, and in a container
    // there is often nobody else.
    if std::fs::metadata("/proc/self")?.uid() == 0 {
        jupyter.arg("--allow-root");
    }
    Err(jupyter.exec()).context("can't start JupyterLab from .lab/venv")
}
