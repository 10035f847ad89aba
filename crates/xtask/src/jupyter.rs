//! Opening the lab and the decks.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::room::{Notebooks, Room, START_PAGE};
use crate::{kernel, lessons, setup, workspaces};

/// How the lab is opened.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// Whose notebooks.
    pub(crate) notebooks: Notebooks,
    /// Whether a browser is started.
    pub(crate) browser: bool,
}

/// Sets up what is missing and opens JupyterLab at the start page.
///
/// # Errors
///
/// When the set-up fails or JupyterLab can't be started. On success this
/// process becomes JupyterLab and does not return.
pub(crate) fn open_lab(project: &Project, manner: Manner) -> Result<bool> {
    open(project, &format!("/lab/tree/{START_PAGE}"), manner)
}

/// The same, straight into the slides of a lesson.
///
/// # Errors
///
/// As [`open_lab`], and when there is no such lesson.
pub(crate) fn open_slides(
    project: &Project,
    number: &str,
    manner: Manner,
) -> Result<bool> {
    let lesson = lessons::find(project, number)?;
    let url = format!("/rise/notebooks/{}", lesson.server_file());
    open(project, &url, manner)
}

fn open(project: &Project, url: &str, manner: Manner) -> Result<bool> {
    setup::run(project)?;
    let room = Room::of(project, manner.notebooks);
    room.prepare(&lessons::all(project)?, &date())?;
    workspaces::install(project)?;

    let mut jupyter = project.python("jupyter");
    jupyter
        .arg("lab")
        .arg(format!("--ServerApp.root_dir={}", room.root().display()))
        .arg(format!("--LabApp.default_url={url}"))
        // By default the checkpoints would lie beside the notebooks.
        .arg(format!(
            "--FileCheckpoints.checkpoint_dir={}",
            room.checkpoints().display()
        ));
    // Whoever has set it knows how much memory there is.
    let spares = std::env::var(kernel::SPARES.0)
        .unwrap_or_else(|_| kernel::SPARES.1.to_owned());
    jupyter.env(kernel::SPARES.0, &spares);
    if !manner.browser {
        jupyter.arg("--no-browser");
    }
    // Jupyter refuses to run as root without being told so, and in a container
    // there is often nobody else.
    if std::fs::metadata("/proc/self")?.uid() == 0 {
        jupyter.arg("--allow-root");
    }
    if spares != "0"
        && let Err(error) =
            kernel::start_spare(project, &room.notebooks(), &jupyter)
    {
        eprintln!("no spare kernel, the first one takes longer: {error:#}");
    }
    Err(jupyter.exec()).context("can't start JupyterLab from .lab/venv")
}

/// Brings lessons back to what the course has.
///
/// # Errors
///
/// When there is no such lesson, or a file can't be written.
pub(crate) fn reset(project: &Project, numbers: &[String]) -> Result<bool> {
    let lessons = numbers
        .iter()
        .map(|number| lessons::find(project, number))
        .collect::<Result<Vec<_>>>()?;
    let room = Room::of(project, Notebooks::Mine);
    for lesson in lessons {
        room.reset(&lesson, &date())?;
    }
    println!("Is it open in JupyterLab? Файл → Перезагрузить … с диска.");
    Ok(true)
}

/// Now, as it stands in the name of a copy that went aside.
fn date() -> String {
    chrono::Local::now().format("%Y-%m-%d-%H%M").to_string()
}
