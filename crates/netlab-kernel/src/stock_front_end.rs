//! The stock front end: `evcxr_jupyter` as it is, told where to build and what
//! to leave alone.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build_dir::BuildDir;
use crate::front_end::{BUILD_DIR, SEED, build_root};

/// Serves one Jupyter session and returns when Jupyter asks to shut down.
///
/// `evcxr` takes its build directory from the environment, and a process can
/// not change its own environment in safe Rust. So the process prepares the
/// directory, then replaces itself by itself (`execve(2)`, same process id)
/// with the environment that the directory needs.
///
/// # Errors
///
/// When the connection file can't be read, when the build directory can't be
/// made, or when `evcxr` can't start (no Rust toolchain, for one).
pub(crate) fn run(control_file: &Path) -> Result<()> {
    ensure!(
        control_file.is_file(),
        "no connection file at {}: Jupyter writes it and starts the kernel, \
         `cargo lab` opens a Jupyter that does",
        control_file.display()
    );
    if let Some(dir) =
        env::var_os(BUILD_DIR).and_then(|dir| BuildDir::adopt(dir.into()))
    {
        let served = evcxr_jupyter::main();
        dir.remove();
        return served;
    }
    let root = build_root()?;
    BuildDir::collect_dead(&root)?;
    let seed = env::var_os(SEED).map(PathBuf::from);
    let dir = BuildDir::make(&root, seed.as_deref())?;

    let error = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env(BUILD_DIR, dir.path())
        .env("EVCXR_TMPDIR", dir.path())
        // On every start evcxr_jupyter rewrites the kernelspec `rust` that it
        // finds here, be it the user's own. Here it finds none.
        .env("JUPYTER_PATH", dir.path())
        .exec();
    Err(error).context("the kernel could not start itself a second time")
}
