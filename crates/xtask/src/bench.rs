//! Our kernel beside the stock one, timed in the same run.

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup;

/// Times both kernels and prints a table with the ratios.
///
/// # Errors
///
/// When the set-up fails or the measuring program can't be started.
pub(crate) fn run(project: &Project) -> Result<bool> {
    setup::run(project)?;
    let status = project
        .python("python")
        .args(["-m", "bench_kernels", "rust", "rust-evcxr"])
        .status()
        .context("can't start the measurement from .lab/venv")?;
    Ok(status.success())
}
