//! A page of the lab, and the browser that shows it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::running::Running;
use crate::lessons::Lesson;
use crate::project::Project;
use crate::room::START_PAGE;

/// A page, by its path below the address of the server.
pub(super) struct Page {
    path: String,
    /// The end of the name of the file that leads a browser there.
    name: String,
}

/// What stands as it is in the path of an address (RFC 3986), `/` included.
const OUTSIDE_OF_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// How long the second `cargo lab` waits to hear that there is no browser.
const PATIENCE: Duration = Duration::from_secs(5);

impl Page {
    /// The list of lessons, to which the server sends whoever names no page.
    pub(super) fn start() -> Self {
        Self {
            path: String::new(),
            name: "lab.html".to_owned(),
        }
    }

    /// The slides of a lesson.
    pub(super) fn deck(lesson: &Lesson) -> Self {
        let path = format!("rise/notebooks/{}", lesson.server_file());
        Self {
            path: encoded(&path),
            name: format!("{}.html", lesson.stem),
        }
    }

    /// The path, in ASCII, without `/` in front.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Shows the page in the browser of this person.
    ///
    /// The browser gets a file that leads on: the list of processes would show
    /// everybody on this machine the token in an address.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub(super) fn open(
        &self,
        project: &Project,
        running: &Running,
        log: impl Into<Stdio>,
    ) -> Result<Browser> {
        let file = self.leading_file(project, running)?;
        // As Jupyter does it: BROWSER, the desktop's own, or one it knows.
        let child = project
            .python("python")
            .args(["-c", OPEN])
            .arg(format!("file://{}", encoded(&file.to_string_lossy())))
            // Ctrl+C is not for a browser.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("can't start Python from .lab/venv")?;
        Ok(Browser(child))
    }

    /// Shows the page where somebody else serves it.
    ///
    /// # Errors
    ///
    /// As [`Page::open`].
    pub(super) fn open_and_leave(
        &self,
        project: &Project,
        running: &Running,
    ) -> Result<()> {
        let mut browser = self.open(project, running, Stdio::null())?;
        let begun = Instant::now();
        while !browser.has_ended() && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn leading_file(
        &self,
        project: &Project,
        running: &Running,
    ) -> Result<PathBuf> {
        let address = running.address(self);
        let name = format!("{}{}", prefix(running.process()), self.name);
        let file = project.runtime().join(name);
        // Another `cargo lab` may lead its browser to the same page right now.
        let draft = file.with_extension(std::process::id().to_string());
        let page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>netlab</title>\n\
             <meta http-equiv=\"refresh\" content=\"0; url={address}\">\n\
             <a href=\"{address}\">netlab</a>\n"
        );
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
            .and_then(|mut draft| draft.write_all(page.as_bytes()))
            .and_then(|()| fs::rename(&draft, &file))
            .with_context(|| format!("can't write {}", file.display()))?;
        Ok(file)
    }
}

/// How the names of these files begin, for a server.
fn prefix(process: u32) -> String {
    format!("netlab-{process}-")
}

/// Takes away the files that led to a server that has ended.
pub(super) fn forget(runtime: &Path, process: u32) {
    for entry in fs::read_dir(runtime).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(&prefix(process)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Fails where no browser is found.
const OPEN: &str = "\
import sys, webbrowser
sys.exit(not webbrowser.open(sys.argv[1], new=2))";

/// What starts the browser, and is the browser itself where that stays in
/// front.
pub(super) struct Browser(Child);

impl Browser {
    /// Whether it has ended; says so when there was none to start.
    pub(super) fn has_ended(&mut self) -> bool {
        let Ok(Some(status)) = self.0.try_wait() else {
            return false;
        };
        if !status.success() {
            println!("No browser was found: open that address in one.");
        }
        true
    }
}

/// Where the server sends whoever names no page.
pub(super) fn start_page() -> String {
    format!("/lab/tree/{}", encoded(START_PAGE))
}

fn encoded(path: &str) -> String {
    utf8_percent_encode(path, OUTSIDE_OF_PATHS).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ascii() {
        assert_eq!(
            start_page(),
            "/lab/tree/%D0%97%D0%B0%D0%BD%D1%8F%D1%82%D0%B8%D1%8F.md"
        );
        let lesson = Lesson {
            stem: "07-сеть и ?".to_owned(),
            has_client: false,
        };
        assert_eq!(
            Page::deck(&lesson).path(),
            "rise/notebooks/07-%D1%81%D0%B5%D1%82%D1%8C%20%D0%B8%20%3F.ipynb"
        );
    }
}
