//! Finding the JupyterLab that serves a room already.
//!
//! Each Jupyter server writes a file about itself and removes it when it ends
//! in order. A file alone says nothing: the server may have been killed, its
//! number and its port may belong to others by now. So the process is looked
//! at, then the server is asked.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

use super::page::{self, Page};
use super::process::root_argument;
use crate::project::Project;

/// How long a server may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A JupyterLab that answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Running {
    /// Its address, with `/` at the end.
    url: String,
    token: String,
    process: u32,
}

impl Running {
    /// The number of its process.
    pub(super) fn process(&self) -> u32 {
        self.process
    }

    /// The address of a page, for a browser that was never there.
    pub(super) fn address(&self, page: &Page) -> String {
        let Self { url, token, .. } = self;
        match token.is_empty() {
            true => format!("{url}{}", page.path()),
            false => format!("{url}{}?token={token}", page.path()),
        }
    }
}

/// What a server says of itself in its file.
struct Claim {
    file: PathBuf,
    root: PathBuf,
    running: Running,
}

impl Claim {
    /// Reads such a file; None when it is half written or of something else.
    fn read(file: PathBuf) -> Option<Self> {
        let says: Value =
            serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
        Some(Self {
            root: says["root_dir"].as_str()?.into(),
            running: Running {
                process: says["pid"].as_u64()?.try_into().ok()?,
                url: says["url"].as_str()?.to_owned(),
                token: says["token"].as_str()?.to_owned(),
            },
            file,
        })
    }

    /// Whether its process is a JupyterLab that was started for this root.
    fn is_of_a_living_process(&self) -> bool {
        let wanted = root_argument(&self.root);
        let process = self.running.process;
        fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| {
            line.split(|byte| *byte == 0)
                .any(|word| word == wanted.as_encoded_bytes())
        })
    }

    /// Takes away what a server has left that was killed.
    fn remove(&self) {
        let _ = fs::remove_file(&self.file);
        let process = self.running.process;
        let open = format!("jpserver-{process}-open.html");
        let _ = fs::remove_file(self.file.with_file_name(open));
        if let Some(runtime) = self.file.parent() {
            page::forget(runtime, process);
        }
    }
}

/// The JupyterLab that serves `root`, if there is one.
///
/// # Errors
///
/// When there is one that does not answer within `patience`.
pub(super) fn find(
    project: &Project,
    root: &Path,
    patience: Duration,
) -> Result<Option<Running>> {
    for claim in claims(&project.runtime()) {
        if claim.root != root {
            continue;
        }
        if !claim.is_of_a_living_process() {
            claim.remove();
            continue;
        }
        match ask(&claim.running, patience) {
            Answer::Yes => return Ok(Some(claim.running)),
            Answer::No => {}
            Answer::Silence => bail!(
                "the JupyterLab of these notebooks, process {process}, does \
                 not answer; `kill {process}` ends it",
                process = claim.running.process
            ),
        }
    }
    Ok(None)
}

/// The JupyterLab that is this process, once it answers.
pub(super) fn answering(project: &Project, process: u32) -> Option<Running> {
    let file = format!("jpserver-{process}.json");
    let claim = Claim::read(project.runtime().join(file))?;
    matches!(ask(&claim.running, PATIENCE), Answer::Yes)
        .then_some(claim.running)
}

fn claims(runtime: &Path) -> impl Iterator<Item = Claim> {
    fs::read_dir(runtime)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?;
            let is_ours =
                name.starts_with("jpserver-") && name.ends_with(".json");
            is_ours.then_some(path)
        })
        .filter_map(Claim::read)
}

enum Answer {
    /// A Jupyter server, and the token is its own.
    Yes,
    /// Nobody, or somebody else.
    No,
    /// Somebody takes the connection and says nothing.
    Silence,
}

fn ask(running: &Running, patience: Duration) -> Answer {
    let asked = minreq::get(format!("{}api/status", running.url))
        .with_header("Authorization", format!("token {}", running.token))
        .with_timeout(patience.as_secs().max(1))
        .with_follow_redirects(false)
        .send();
    match asked {
        Ok(answer) if answer.status_code == 200 => {
            let is_jupyter = serde_json::from_slice(answer.as_bytes())
                .is_ok_and(|status: Value| status["started"].is_string());
            if is_jupyter { Answer::Yes } else { Answer::No }
        }
        Err(minreq::Error::IoError(error))
            if matches!(
                error.kind(),
                ErrorKind::TimedOut | ErrorKind::WouldBlock
            ) =>
        {
            Answer::Silence
        }
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests;
