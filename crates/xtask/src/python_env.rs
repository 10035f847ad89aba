//! The private Python environment: JupyterLab, RISE and what the tests need,
//! from a lock file with a hash for every package.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup::Stamp;
use crate::step::Step;
use crate::tools::PYTHON;

const LOCK_FILE: &str = "crates/xtask/python/requirements.txt";

/// Makes `.lab/venv` unless it is there, made from the same lock file.
///
/// # Errors
///
/// When `python3 -m venv` or pip fails, or when there is no network.
pub(crate) fn make(project: &Project) -> Result<()> {
    let lock_file = project.path(LOCK_FILE);
    let version = version_of(Path::new(PYTHON))
        .with_context(|| format!("can't run {PYTHON}"))?;
    let stamp = Stamp::of(
        project,
        "python",
        std::slice::from_ref(&lock_file),
        &[&version],
    )?;
    if stamp.is_fresh() && project.venv_bin("jupyter").exists() {
        return Ok(());
    }

    let step = Step::start("Python environment (half a minute)");
    let python = project.venv_bin("python");
    if version_of(&python).as_ref() != Some(&version) || was_moved(project) {
        step.run(
            Command::new(PYTHON)
                .args(["-m", "venv", "--clear"])
                .arg(project.venv()),
        )?;
    }
    // Into the environment that is there: when the network is away, what was
    // installed before still opens the lab.
    step.download(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--retries", "1"])
            .args(["--disable-pip-version-check", "--require-hashes"])
            .arg("--requirement")
            .arg(lock_file),
    )?;
    stamp.set()?;
    step.done();
    Ok(())
}

fn version_of(python: &Path) -> Option<String> {
    let output = Command::new(python).arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()
}

/// Whether the environment was made for another place: its programs begin
/// with the path of the interpreter they were installed for.
fn was_moved(project: &Project) -> bool {
    // The last line is the command that made it: `… -m venv PATH`.
    let made_here = format!(" {}", project.venv().display());
    !fs::read_to_string(project.venv().join("pyvenv.cfg"))
        .is_ok_and(|config| config.trim_end().ends_with(&made_here))
}
