//! What a room says of notebooks that can't be read.

use std::fs;

use anyhow::{Context, Result};

use super::{Notebooks, Room, START_PAGE, start_page};
use crate::lessons::Lesson;
use crate::readable;

impl Room<'_> {
    /// Names the notebooks that can't be read, with the command that mends
    /// them, and writes a start page that does not lead there.
    ///
    /// # Errors
    ///
    /// When the start page can't be written.
    pub(super) fn tell_unreadable(
        &self,
        lessons: &[Lesson],
    ) -> Result<Vec<String>> {
        let unreadable = self.unreadable(lessons);
        for file in &unreadable {
            let Some(fault) = self.fault_of(file) else {
                continue;
            };
            match self.notebooks {
                // Why there is none has been told.
                Notebooks::Mine if !self.notebooks().join(file).exists() => {}
                Notebooks::Mine => eprintln!(
                    "{file}: your copy can't be read: {fault}\n  \
                     `cargo lab reset {}` brings the lesson back and keeps \
                     this file beside it",
                    Lesson::number_in(file)
                ),
                Notebooks::Course => {
                    eprintln!("{}", readable::of_the_course(file, &fault));
                }
            }
        }
        self.write_start_page(&unreadable)?;
        Ok(unreadable)
    }

    /// The notebooks of these lessons that can't be read.
    pub(super) fn unreadable(&self, lessons: &[Lesson]) -> Vec<String> {
        lessons
            .iter()
            .flat_map(Lesson::files)
            .filter(|file| self.fault_of(file).is_some())
            .collect()
    }

    /// Writes a start page that does not lead to these notebooks. It is a
    /// copy: what somebody writes into it must not end up in git.
    ///
    /// # Errors
    ///
    /// When the course has none, or it can't be written.
    pub(super) fn write_start_page(&self, unreadable: &[String]) -> Result<()> {
        let page =
            fs::read_to_string(self.project.path(crate::check::START_PAGE))
                .context("can't read the start page")?;
        let page = start_page::without(&page, unreadable, self.notebooks);
        fs::write(self.root.join(START_PAGE), page)
            .context("can't write the start page")
    }

    /// What is wrong with a notebook of this room.
    pub(super) fn fault_of(&self, file: &str) -> Option<String> {
        readable::fault_of(&self.notebooks().join(file))
    }

    /// What is wrong with a notebook that git tracks.
    pub(super) fn fault_of_the_course(&self, file: &str) -> Option<String> {
        readable::fault_of(&self.project.notebooks().join(file))
    }
}
