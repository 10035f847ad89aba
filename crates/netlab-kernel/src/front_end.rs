//! The front end: `evcxr_jupyter`, told where to build and what to leave alone.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use procfs::process::Process;

use crate::build_dir::BuildDir;

/// Names the directory below which each kernel makes its build directory;
/// unset means one below the system's temporary directory.
const BUILD_ROOT: &str = "NETLAB_BUILD_ROOT";

/// Names the prepared build directory to start from; unset means an empty one.
const SEED: &str = "NETLAB_SEED";

/// Says to the second life of this process which build directory is its own.
const BUILD_DIR: &str = "NETLAB_BUILD_DIR";

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
    let root = match env::var_os(BUILD_ROOT) {
        Some(root) => PathBuf::from(root),
        None => default_build_root()?,
    };
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

/// For a kernel that somebody starts by hand or from a kernelspec of their own:
/// a directory per user below the system's temporary directory.
fn default_build_root() -> Result<PathBuf> {
    let user = Process::myself()?.uid()?;
    Ok(env::temp_dir().join(format!("netlab-kernel-{user}")))
}
