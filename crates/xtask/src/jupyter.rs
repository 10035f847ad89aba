//! Opening the lab and the decks, and resetting lessons.
//!
//! One JupyterLab serves a room. `cargo lab` stays in front of it until it
//! ends; another `cargo lab` opens what the first one serves, for two servers
//! on the same notebooks would overwrite each other's.

mod child;
mod log;
mod page;
mod process;
mod running;

use anyhow::{Result, bail};

pub(crate) use self::child::end_with_parent;
use self::page::Page;
use self::running::PATIENCE;
use crate::lessons::Lesson;
use crate::lock::Lock;
use crate::project::Project;
use crate::room::{Notebooks, Room};
use crate::{lessons, setup, workspaces};

/// How the lab is opened.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// Whose notebooks.
    pub(crate) notebooks: Notebooks,
    /// Whether a browser is started.
    pub(crate) browser: bool,
}

/// Sets up what is missing and opens JupyterLab at the start page; returns
/// when JupyterLab has ended, or at once where it ran already. `false` when it
/// ended by itself.
///
/// # Errors
///
/// When the set-up fails or JupyterLab can't be started.
pub(crate) fn open_lab(project: &Project, manner: Manner) -> Result<bool> {
    open(project, &Page::start(), None, manner)
}

/// The same, straight into the slides of a lesson.
///
/// # Errors
///
/// As [`open_lab`], and when there is no such lesson or it can't be read.
pub(crate) fn open_slides(
    project: &Project,
    number: &str,
    manner: Manner,
) -> Result<bool> {
    let lesson = lessons::find(project, number)?;
    open(project, &Page::deck(&lesson), Some(&lesson), manner)
}

/// Opens `page`, which needs the notebook of `lesson`.
fn open(
    project: &Project,
    page: &Page,
    lesson: Option<&Lesson>,
    manner: Manner,
) -> Result<bool> {
    let room = Room::of(project, manner.notebooks);
    // Of two that are started at the same moment, the second finds the first.
    let starting = Lock::take(
        &room.lock(),
        "Another `cargo lab` is being started, this one waits for it.",
    )?;
    let lessons = lessons::all(project)?;
    if let Some(running) = running::find(project, room.root(), PATIENCE)? {
        drop(starting);
        ensure_readable(&room.complete(&lessons, &date())?, lesson)?;
        println!("JupyterLab runs already: {}", running.address(page));
        println!("It is stopped where it was started.");
        if manner.browser {
            page.open_and_leave(project, &running)?;
        }
        return Ok(true);
    }
    setup::run(project)?;
    ensure_readable(&room.prepare(&lessons, &date())?, lesson)?;
    workspaces::install(project)?;
    let other = Room::of(project, manner.notebooks.other());
    if let Some(running) = running::find(project, other.root(), PATIENCE)? {
        println!(
            "{} are open in a JupyterLab of their own, which runs on: {}",
            match manner.notebooks.other() {
                Notebooks::Mine => "Your working copies",
                Notebooks::Course => "The notebooks that git tracks",
            },
            running.address(&Page::start())
        );
    }
    process::serve(project, &room, page, manner.browser, starting)
}

fn ensure_readable(
    unreadable: &[String],
    lesson: Option<&Lesson>,
) -> Result<()> {
    match lesson.map(Lesson::server_file) {
        Some(file) if unreadable.contains(&file) => {
            bail!("{file} can't be shown, it is not readable; see above")
        }
        _ => Ok(()),
    }
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
