//! The private Python environment: JupyterLab, RISE and what the tests need,
//! from a lock file with a hash for every package.

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
    if version_of(&project.venv_bin("python")).as_ref() != Some(&version) {
        step.run(
            Command::new(PYTHON)
                .args(["-m", "venv", "--clear"])
                .arg(project.venv()),
        )?;
    }
    // Into the environment that is there: when the network is away, what was
    // installed before still opens the lab.
    step.download(
        Command::new(project.venv_bin("python"))
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
