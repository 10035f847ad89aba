//! The directory that JupyterLab shows: the start page, the lessons, and
//! beside them what the lessons name by relative paths.
//!
//! There are two. In the *working* room the notebooks are the student's copies;
//! in the *course* room they are the files that git tracks, for who writes
//! them. Both have the layout of the clone, so `../crates/netlab` and
//! `../pics/…` hold in both, and the links lead to the same real directories,
//! so the helper crate is not compiled anew.

mod start_page;
mod unreadable;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::copies::{Copies, Refreshed, Reset};
use crate::lessons::{self, Lesson};
use crate::project::Project;
use crate::readable;

/// The name under which a student sees the start page.
pub(crate) const START_PAGE: &str = "Занятия.md";

/// What the lessons name by relative paths.
const BESIDE_THE_LESSONS: [&str; 3] = ["crates", "pics", "styles"];

/// The directory of the solutions, in that of the notebooks.
const SOLUTIONS: &str = "solutions";

/// Whose notebooks JupyterLab opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notebooks {
    /// Working copies.
    Mine,
    /// The files that git tracks.
    Course,
}

impl Notebooks {
    /// Those of the other room.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Mine => Self::Course,
            Self::Course => Self::Mine,
        }
    }
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
            Notebooks::Course => project.course(),
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
        self.project.jupyter().join(match self.notebooks {
            Notebooks::Mine => "checkpoints",
            Notebooks::Course => "checkpoints-of-the-course",
        })
    }

    /// Where JupyterLab writes what it has to say.
    pub(crate) fn log(&self) -> PathBuf {
        self.project.jupyter().join(match self.notebooks {
            Notebooks::Mine => "lab.log",
            Notebooks::Course => "lab-of-the-course.log",
        })
    }

    /// Locked by who is about to start a JupyterLab for this room.
    pub(crate) fn lock(&self) -> PathBuf {
        self.log().with_extension("lock")
    }

    /// Lays the room out; says what became of the copies where that is news.
    /// A copy that had to go aside has `date` in its name.
    ///
    /// Returns the notebooks that can't be read, each of which has been named.
    ///
    /// # Errors
    ///
    /// When a file can't be read or written.
    pub(crate) fn prepare(
        &self,
        lessons: &[Lesson],
        date: &str,
    ) -> Result<Vec<String>> {
        fs::create_dir_all(&self.root).with_context(|| {
            format!("can't make the directory {}", self.root.display())
        })?;
        for name in BESIDE_THE_LESSONS {
            self.link(name, name)?;
        }
        match self.notebooks {
            Notebooks::Mine => self.prepare_copies(lessons, date)?,
            Notebooks::Course => {
                println!("The notebooks are the files that git tracks.");
                self.link("notebooks", "notebooks")?;
            }
        }
        self.tell_unreadable(lessons)
    }

    /// Adds what is missing in a room that JupyterLab has open; what it shows
    /// stays as it is, in a new version of the course too.
    ///
    /// Returns the notebooks that can't be read, as [`Room::prepare`] does.
    ///
    /// # Errors
    ///
    /// When a file can't be read or written.
    pub(crate) fn complete(
        &self,
        lessons: &[Lesson],
        date: &str,
    ) -> Result<Vec<String>> {
        if self.notebooks == Notebooks::Mine {
            for file in lessons.iter().flat_map(Lesson::files) {
                if !self.notebooks().join(&file).exists()
                    && self.fault_of_the_course(&file).is_none()
                {
                    self.copies().refresh(&file, date)?;
                }
            }
        }
        self.tell_unreadable(lessons)
    }

    fn prepare_copies(&self, lessons: &[Lesson], date: &str) -> Result<()> {
        fs::create_dir_all(self.notebooks())?;
        for file in lessons.iter().flat_map(Lesson::files) {
            if let Some(fault) = self.fault_of_the_course(&file) {
                // Nobody gets such a copy; a good one that is there stays.
                eprintln!("{}", readable::of_the_course(&file, &fault));
                continue;
            }
            match self.copies().refresh(&file, date)? {
                Refreshed::Made | Refreshed::Current => {}
                Refreshed::Updated => {
                    println!("{file}: updated, the course has a new version");
                }
                // It has no edits: it is told with what can't be read.
                Refreshed::Kept if self.fault_of(&file).is_some() => {}
                Refreshed::Kept => println!(
                    "{file}: the course has a new version; yours stays, with \
                     your edits. `cargo lab reset {}` takes the new one and \
                     keeps yours beside it.",
                    Lesson::number_in(&file)
                ),
                Refreshed::Remade(aside) => println!(
                    "{file}: the course has made this lesson anew; your \
                     version of the old one lies beside it: {}",
                    self.project.shown(&aside)
                ),
            }
        }
        // What else lies beside the notebooks (the style of the decks) is not
        // for editing; what is for who writes or teaches lessons (README.md, the
        // solutions) stays away.
        for entry in fs::read_dir(self.project.notebooks())? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let is_other = [".ipynb", ".md"].iter().any(|e| name.ends_with(e));
            if !is_other && !name.starts_with('.') && name != SOLUTIONS {
                let path = format!("notebooks/{name}");
                self.link(&path, &path)?;
            }
        }
        Ok(())
    }

    /// Brings a lesson back to what the course has, and says where an edited
    /// copy lies now.
    ///
    /// # Errors
    ///
    /// When a file can't be read or written, or the course's own is no
    /// notebook.
    pub(crate) fn reset(&self, lesson: &Lesson, date: &str) -> Result<()> {
        let copies = self.copies();
        for file in lesson.files() {
            if let Some(fault) = self.fault_of_the_course(&file) {
                bail!("{}", readable::of_the_course(&file, &fault));
            }
            match copies.reset(&file, date)? {
                Reset::Fresh => {
                    println!("{file}: as in the course, without outputs");
                }
                Reset::KeptAs(aside) => {
                    println!("{file}: as in the course");
                    println!("  your version: {}", self.project.shown(&aside));
                }
            }
        }
        // It may have said that the lesson can't be read.
        if self.root.join(START_PAGE).exists() {
            self.write_start_page(
                &self.unreadable(&lessons::all(self.project)?),
            )?;
        }
        Ok(())
    }

    fn copies(&self) -> Copies {
        Copies::new(self.project.notebooks(), self.root.join("notebooks"))
    }

    /// Makes `path` in the room a link to what the clone has at `target`,
    /// unless something that is no link lies there.
    fn link(&self, path: &str, target: &str) -> Result<()> {
        let path = self.root.join(path);
        let parent = path.parent().expect("it lies in the room");
        let target = match parent.strip_prefix(self.project.root()) {
            // It holds in a clone that is moved, too.
            Ok(below) => below
                .components()
                .map(|_| "..")
                .chain([target])
                .collect::<PathBuf>(),
            Err(_) => self.project.path(target),
        };
        if fs::read_link(&path).is_ok_and(|old| old == target) {
            return Ok(());
        }
        if path.is_symlink() {
            fs::remove_file(&path)?;
        }
        if path.exists() {
            return Ok(());
        }
        symlink(target, &path)
            .with_context(|| format!("can't make the link {}", path.display()))
    }
}

#[cfg(test)]
mod tests;
