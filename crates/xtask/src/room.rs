//! The directory that JupyterLab shows: the start page, the lessons, and
//! beside them what the lessons name by relative paths.
//!
//! There are two. In the *working* room the notebooks are the student's copies;
//! in the *course* room they are the files that git tracks, for who writes
//! them. Both have the layout of the clone, so `../crates/netlab` and
//! `../pics/…` hold in both, and the links lead to the same real directories,
//! so the helper crate is not compiled anew.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::copies::{Copies, Refreshed, Reset};
use crate::lessons::Lesson;
use crate::project::Project;

/// The name under which a student sees the start page.
pub(crate) const START_PAGE: &str = "Занятия.md";

/// What the lessons name by relative paths.
const BESIDE_THE_LESSONS: [&str; 3] = ["crates", "pics", "styles"];

/// Whose notebooks JupyterLab opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notebooks {
    /// Working copies.
    Mine,
    /// The files that git tracks.
    Course,
}

/// The directory that JupyterLab shows.
pub(crate) struct Room<'a> {
    project: &'a Project,
    root: PathBuf,
    notebooks: Notebooks,
}

impl<'a> Room<'a> {
    /// The room with these notebooks.
    pub(crate) fn of(project: &'a Project, notebooks: Notebooks) -> Self {
        let root = match notebooks {
            Notebooks::Mine => project.work(),
            Notebooks::Course => project.path(".lab/course"),
        };
        Self {
            project,
            root,
            notebooks,
        }
    }

    /// The root of what JupyterLab shows.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of the notebooks, in which their kernels run.
    pub(crate) fn notebooks(&self) -> PathBuf {
        match self.notebooks {
            Notebooks::Mine => self.root.join("notebooks"),
            Notebooks::Course => self.project.notebooks(),
        }
    }

    /// Where JupyterLab keeps the checkpoints of these notebooks.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        let name = match self.notebooks {
            Notebooks::Mine => "checkpoints",
            Notebooks::Course => "checkpoints-of-the-course",
        };
        self.project.jupyter().join(name)
    }

    /// Lays the room out; says what became of the copies where that is news.
    /// A copy that had to go aside has `date` in its name.
    ///
    /// # Errors
    ///
    /// When a file can't be read or written.
    pub(crate) fn prepare(&self, lessons: &[Lesson], date: &str) -> Result<()> {
        fs::create_dir_all(&self.root).with_context(|| {
            format!("can't make the directory {}", self.root.display())
        })?;
        for name in BESIDE_THE_LESSONS {
            link(&self.root.join(name), &Path::new("../..").join(name))?;
        }
        // A copy: what somebody writes into it must not end up in git.
        fs::copy(
            self.project.path(crate::check::START_PAGE),
            self.root.join(START_PAGE),
        )
        .context("can't copy the start page")?;
        match self.notebooks {
            Notebooks::Mine => self.prepare_copies(lessons, date),
            Notebooks::Course => {
                println!("The notebooks are the files that git tracks.");
                link(&self.root.join("notebooks"), Path::new("../../notebooks"))
            }
        }
    }

    fn prepare_copies(&self, lessons: &[Lesson], date: &str) -> Result<()> {
        fs::create_dir_all(self.notebooks())?;
        let copies = self.copies();
        for file in lessons.iter().flat_map(Lesson::files) {
            match copies.refresh(&file, date)? {
                Refreshed::Made | Refreshed::Current => {}
                Refreshed::Updated => {
                    println!("{file}: updated, the course has a new version");
                }
                Refreshed::Kept => println!(
                    "{file}: the course has a new version; yours stays, with \
                     your edits. `cargo lab reset {}` takes the new one and \
                     keeps yours beside it.",
                    Lesson::number_in(&file)
                ),
                Refreshed::Remade(aside) => println!(
                    "{file}: the course has made this lesson anew; your \
                     version of the old one lies beside it: {}",
                    self.relative(&aside)
                ),
            }
        }
        // What else lies beside the notebooks (the style of the decks) is not
        // for editing; what is for who writes lessons (README.md) stays away.
        for entry in fs::read_dir(self.project.notebooks())? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let is_other = [".ipynb", ".md"].iter().any(|e| name.ends_with(e));
            if !is_other && !name.starts_with('.') {
                link(
                    &self.notebooks().join(&*name),
                    &Path::new("../../../notebooks").join(&*name),
                )?;
            }
        }
        Ok(())
    }

    /// Brings a lesson back to what the course has, and says where an edited
    /// copy lies now.
    ///
    /// # Errors
    ///
    /// When a file can't be read or written.
    pub(crate) fn reset(&self, lesson: &Lesson, date: &str) -> Result<()> {
        let copies = self.copies();
        for file in lesson.files() {
            match copies.reset(&file, date)? {
                Reset::Fresh => {
                    println!("{file}: as in the course, without outputs");
                }
                Reset::KeptAs(aside) => {
                    println!("{file}: as in the course");
                    println!("  your version: {}", self.relative(&aside));
                }
            }
        }
        Ok(())
    }

    /// A path as a person in the clone would type it.
    fn relative<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(self.project.root())
            .unwrap_or(path)
            .display()
    }

    fn copies(&self) -> Copies {
        Copies::new(self.project.notebooks(), self.root.join("notebooks"))
    }
}

/// Makes a symbolic link, unless something that is no link lies there.
fn link(path: &Path, target: &Path) -> Result<()> {
    if fs::read_link(path).is_ok_and(|old| old == target) {
        return Ok(());
    }
    if path.is_symlink() {
        fs::remove_file(path)?;
    }
    if path.exists() {
        return Ok(());
    }
    symlink(target, path)
        .with_context(|| format!("can't make the link {}", path.display()))
}

#[cfg(test)]
mod tests;
