//! Working copies: what a student opens and edits is never a file that git
//! tracks, so a `git pull` meets no edits.
//!
//! A copy is compared with the lesson it was made from, its *origin*, which is
//! kept beside the copies. Only what a person changed counts: outputs and
//! execution counts do not, because JupyterLab saves them unasked.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::check;
use crate::readable::fault_of;

/// The working copies of one clone.
pub(crate) struct Copies {
    /// The lessons as git has them.
    course: PathBuf,
    /// The copies.
    mine: PathBuf,
    /// The lessons that the copies were made from.
    origins: PathBuf,
}

/// What a refresh did with one notebook.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// There was no copy; now there is.
    Made,
    /// The course has nothing new.
    Current,
    /// The course has a new version and the copy had no edits: it was replaced.
    Updated,
    /// The course has a new version and the copy has edits, or nobody can read
    /// it: it stays.
    Kept,
    /// The course has another lesson under this name and the copy has edits:
    /// it lies in this file now, and the new lesson was taken.
    Remade(PathBuf),
}

/// What a reset did with one notebook.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reset {
    /// There was nothing to keep.
    Fresh,
    /// The edited copy lies in this file now.
    KeptAs(PathBuf),
}

impl Copies {
    /// The copies in `mine` of the lessons in `course`.
    pub(crate) fn new(course: PathBuf, mine: PathBuf) -> Self {
        // Hidden: JupyterLab does not list it.
        let origins = mine.join(".origins");
        Self {
            course,
            mine,
            origins,
        }
    }

    /// Brings the copy of one notebook up to date, unless it has edits.
    ///
    /// Edits of another edition of the lesson have no place in the new one:
    /// such a copy is moved aside under a name with `date` in it. One that the
    /// system does not let us read (a directory, no permission) stays until it
    /// is reset: the other lessons are to be opened all the same.
    ///
    /// # Errors
    ///
    /// When the course's file can't be read, or a file can't be written.
    pub(crate) fn refresh(&self, file: &str, date: &str) -> Result<Refreshed> {
        let course = read(&self.course.join(file))?
            .with_context(|| format!("there is no notebook {file}"))?;
        let mine = match read(&self.mine.join(file)) {
            Ok(Some(mine)) => mine,
            Ok(None) => {
                self.take(file, &course)?;
                return Ok(Refreshed::Made);
            }
            Err(_) => return Ok(Refreshed::Kept),
        };
        let origin = read(&self.origins.join(file))?;
        if same(&mine, &course) {
            if origin.as_ref() != Some(&course) {
                write(&self.origins.join(file), &course)?;
            }
            return Ok(Refreshed::Current);
        }
        if let Some(origin) = &origin {
            if same(origin, &course) {
                return Ok(Refreshed::Current);
            }
            if same(origin, &mine) {
                self.take(file, &course)?;
                return Ok(Refreshed::Updated);
            }
        }
        // Without its origin, the copy itself says what it was made from.
        let made_from = origin.as_ref().unwrap_or(&mine);
        if check::edition(made_from) == check::edition(&course) {
            return Ok(Refreshed::Kept);
        }
        let aside = self.set_aside(file, date)?;
        self.take(file, &course)?;
        Ok(Refreshed::Remade(aside))
    }

    /// Brings a notebook back to what the course has; an edited copy is moved
    /// aside under a name with `date` in it.
    ///
    /// # Errors
    ///
    /// As [`Copies::refresh`].
    pub(crate) fn reset(&self, file: &str, date: &str) -> Result<Reset> {
        let course = read(&self.course.join(file))?
            .with_context(|| format!("there is no notebook {file}"))?;
        let edited = match read(&self.mine.join(file)) {
            Ok(Some(mine)) => {
                let origin = read(&self.origins.join(file))?;
                let unedited = same(&mine, &course)
                    || origin.is_some_and(|origin| same(&mine, &origin));
                !unedited
            }
            Ok(None) => false,
            // Nobody knows what is in it, so it is kept.
            Err(_) => true,
        };
        let mut done = Reset::Fresh;
        if edited {
            done = Reset::KeptAs(self.set_aside(file, date)?);
        }
        self.take(file, &course)?;
        Ok(done)
    }

    /// Gives the copy a second name, with `date` in it, which stays when the
    /// first one gets something else: no moment is without the edits.
    fn set_aside(&self, file: &str, date: &str) -> Result<PathBuf> {
        let mine = self.mine.join(file);
        // What is no notebook opens as text, so that it can be looked through.
        let extension = match fault_of(&mine) {
            None => "ipynb",
            Some(_) => "ipynb.txt",
        };
        let aside = self.free_name(file, date, extension);
        // A directory has one name only, and no file can take its place.
        let set_aside = match mine.is_dir() {
            true => fs::rename(&mine, &aside),
            false => fs::hard_link(&mine, &aside)
                .or_else(|_| fs::copy(&mine, &aside).map(drop)),
        };
        set_aside
            .with_context(|| format!("can't write {}", aside.display()))?;
        Ok(aside)
    }

    /// Takes the course's version as the copy. The copy comes first: a copy
    /// without its origin is found equal to the course and mended, an origin
    /// without its copy would make an old copy look edited.
    fn take(&self, file: &str, course: &str) -> Result<()> {
        write(&self.mine.join(file), course)?;
        write(&self.origins.join(file), course)
    }

    /// A name beside the copy that nobody has yet.
    fn free_name(&self, file: &str, date: &str, extension: &str) -> PathBuf {
        let stem = file.strip_suffix(".ipynb").unwrap_or(file);
        (1..)
            .map(|count| match count {
                1 => format!("{stem}-{date}.{extension}"),
                count => format!("{stem}-{date}-{count}.{extension}"),
            })
            .map(|name| self.mine.join(name))
            .find(|path| !path.exists())
            .expect("some number is free")
    }
}

/// Whether two notebooks are the same but for what a run leaves in them. What
/// is no notebook (half a file, a merge that went wrong) is compared as text.
fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (check::canonical(one), check::canonical(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read(path) {
        // What is not UTF-8 is not a notebook any more, but it is somebody's.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("can't read {}", path.display()))
        }
    }
}

/// Writes a file whole or not at all: JupyterLab may have it open.
fn write(path: &Path, text: &str) -> Result<()> {
    let directory = path.parent().expect("a file lies in a directory");
    let name = path.file_name().expect("a file has a name");
    let fresh = directory.join(format!(".{}.new", name.to_string_lossy()));
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(&fresh, text))
        .and_then(|()| fs::rename(&fresh, path))
        .with_context(|| format!("can't write {}", path.display()))
}

#[cfg(test)]
mod tests;
