//! What the lab measures: our kernel beside the stock one, our servers beside
//! bare ones.

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::project::Project;
use crate::setup;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// Our kernel beside the stock one.
    Kernels,
    /// The four servers beside bare ones and Python's, under load.
    Servers,
}

/// Measures and prints a table with the ratios.
///
/// # Errors
///
/// When the set-up fails or the measuring program can't be started.
pub(crate) fn run(project: &Project, subject: Subject) -> Result<bool> {
    match subject {
        Subject::Kernels => kernels(project),
        Subject::Servers => servers(project),
    }
}

fn kernels(project: &Project) -> Result<bool> {
    setup::run(project)?;
    let status = project
        .python("python")
        .args(["-m", "bench_kernels", "rust", "rust-evcxr"])
        .status()
        .context("can't start the measurement from .lab/venv")?;
    Ok(status.success())
}

fn servers(project: &Project) -> Result<bool> {
    let status = project
        .cargo()
        .args(["bench", "--package", "netlab", "--bench", "servers"])
        .arg("--locked")
        .status()
        .context("can't start cargo bench")?;
    Ok(status.success())
}
