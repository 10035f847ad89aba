//! The lessons: `NN-topic.ipynb`, some with a `-client` twin that runs in
//! step with it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{Kernel, Track};
use crate::{readable, setup};

/// A lesson, named by the stem of its notebook, `01-sockets`.
pub(crate) struct Lesson {
    pub(crate) stem: String,
    pub(crate) has_client: bool,
}

impl Lesson {
    /// The notebook of the lecture itself.
    pub(crate) fn server_file(&self) -> String {
        format!("{}.ipynb", self.stem)
    }

    /// The notebook that talks to it.
    pub(crate) fn client_file(&self) -> Option<String> {
        self.has_client
            .then(|| format!("{}-client.ipynb", self.stem))
    }

    /// Every notebook of the lesson.
    pub(crate) fn files(&self) -> Vec<String> {
        std::iter::once(self.server_file())
            .chain(self.client_file())
            .collect()
    }

    /// Its number, `01`.
    pub(crate) fn number(&self) -> &str {
        Self::number_in(&self.stem)
    }

    /// Whether a person may mean it by this: `01`, `1` or its stem.
    fn is_named(&self, name: &str) -> bool {
        let number = |text: &str| text.parse::<u32>().ok();
        let is_its_number =
            number(name).is_some_and(|n| number(self.number()) == Some(n));
        is_its_number || name == self.stem
    }

    /// The number in the name of a lesson or of one of its notebooks.
    pub(crate) fn number_in(name: &str) -> &str {
        name.split('-').next().unwrap_or_default()
    }
}

/// All lessons in the order of their numbers.
///
/// # Errors
///
/// When the directory of the notebooks can't be read.
pub(crate) fn all(project: &Project) -> Result<Vec<Lesson>> {
    let mut stems = fs::read_dir(project.notebooks())
        .context("can't read notebooks/")?
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            Some(name.strip_suffix(".ipynb")?.to_owned())
        })
        .collect::<Vec<_>>();
    stems.sort();
    let lessons = stems
        .iter()
        .filter(|stem| !stem.ends_with("-client"))
        .map(|stem| Lesson {
            stem: stem.clone(),
            has_client: stems.contains(&format!("{stem}-client")),
        })
        .collect();
    Ok(lessons)
}

/// The lesson with this number.
///
/// # Errors
///
/// When there is none; the message lists those there are.
pub(crate) fn find(project: &Project, number: &str) -> Result<Lesson> {
    let lessons = all(project)?;
    let known = lessons
        .iter()
        .map(|lesson| lesson.stem.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    match lessons.into_iter().find(|lesson| lesson.is_named(number)) {
        Some(lesson) => Ok(lesson),
        None => bail!("there is no lesson {number}; there are: {known}"),
    }
}

/// The lessons with these numbers; all of them if none is given.
///
/// # Errors
///
/// As [`all`] and [`find`].
pub(crate) fn chosen(
    project: &Project,
    numbers: &[String],
) -> Result<Vec<Lesson>> {
    match numbers {
        [] => all(project),
        numbers => numbers.iter().map(|number| find(project, number)).collect(),
    }
}

/// Executes lessons headless in fresh kernels; `false` when one failed.
///
/// # Errors
///
/// When there is no such lesson, one can't be read, the set-up fails, or the
/// runner can't be started.
pub(crate) fn run(
    project: &Project,
    numbers: &[String],
    kernel: Kernel,
    track: Track,
    verbose: bool,
) -> Result<bool> {
    let lessons = chosen(project, numbers)?;
    readable::ensure_course(project, &lessons)?;
    setup::run(project)?;
    let status = runner(project, &lessons, kernel, track)
        .args(verbose.then_some("--verbose"))
        .status()
        .context("can't start the runner from .lab/venv")?;
    Ok(status.success())
}

/// The command that executes this track of `lessons` on `kernel`.
pub(crate) fn runner(
    project: &Project,
    lessons: &[Lesson],
    kernel: Kernel,
    track: Track,
) -> std::process::Command {
    let mut runner = project.python("python");
    runner
        .args(["-m", "run_lessons", "--kernel", kernel.name()])
        .args(["--track", track.name()])
        .args(notebooks_of(project, lessons));
    runner
}

/// The notebook of each lecture; a client notebook is found beside it.
pub(crate) fn notebooks_of(
    project: &Project,
    lessons: &[Lesson],
) -> impl Iterator<Item = PathBuf> {
    lessons
        .iter()
        .map(|lesson| project.notebooks().join(lesson.server_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lesson_is_named_by_number_or_stem() {
        let lesson = Lesson {
            stem: "01-sockets".to_owned(),
            has_client: true,
        };
        for name in ["01", "1", "01-sockets"] {
            assert!(lesson.is_named(name), "{name:?}");
        }
        for name in ["", "0", "10", "01-", "sockets", "01-sockets-client"] {
            assert!(!lesson.is_named(name), "{name:?}");
        }
    }
}
