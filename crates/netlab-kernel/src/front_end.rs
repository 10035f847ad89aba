//! The front end of our own: the sockets, and who serves each.

mod analysis;
mod control;
mod is_complete;
mod kernel_info;
mod session;
mod shell;
mod signals;

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use procfs::process::Process;

use crate::build_dir::BuildDir;
use crate::connection_file;
use crate::driver;
use crate::engine::Settings;
use crate::interrupt;
use crate::link;
use crate::spare::{self, Fit, Offer, launcher};
use session::Source;
pub(crate) use signals::Starter;

/// Names the directory below which each kernel makes its build directory;
/// unset means one below the system's temporary directory.
pub(crate) const BUILD_ROOT: &str = "NETLAB_BUILD_ROOT";

/// Names the prepared build directory to start from; unset means an empty one.
pub(crate) const SEED: &str = "NETLAB_SEED";

/// Says to the second life of this process which build directory is its own.
pub(crate) const BUILD_DIR: &str = "NETLAB_BUILD_DIR";

/// A line to execute before the first cell, `:dep netlab = …` for example.
pub(crate) const PRELOAD: &str = "NETLAB_PRELOAD";

/// Where `evcxr` compiles.
pub(crate) const EVCXR_TMPDIR: &str = "EVCXR_TMPDIR";

/// What the cells are not to see of this process's own environment.
const PRIVATE: &[&str] = &[
    BUILD_ROOT,
    SEED,
    BUILD_DIR,
    PRELOAD,
    EVCXR_TMPDIR,
    spare::FIT,
    spare::SPARES,
];

/// How often, and how far apart, the build directory is tried to be removed.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// Serves one Jupyter session and returns when Jupyter asks to shut down, or
/// when the process that started this one has died.
///
/// If there is a spare kernel, that one serves it; this process ends with it.
///
/// # Errors
///
/// When the connection file can't be read or a port is taken.
pub(crate) fn run(file: &Path) -> Result<()> {
    let info = connection_file::read(file)?;
    let root = build_root()?;
    if own_build_dir().is_none()
        && let Some(code) = launcher::run(file, &root)
    {
        std::process::exit(code.into());
    }
    let dir = second_life(&root)?;
    live(Source::File(info), dir, root)
}

/// Waits for a session to serve.
///
/// # Errors
///
/// When there is no process `lab`, or as [`run`].
pub(crate) fn run_spare(lab: i32, fit: Fit) -> Result<()> {
    let root = build_root()?;
    let dir = second_life(&root)?;
    let offer = Offer::make(dir.path(), fit, lab)?;
    live(Source::Spare(offer), dir, root)
}

/// Gives this process the environment that it needs and its build directory.
///
/// `evcxr` takes its build directory from the environment, and a process can
/// not change its own environment in safe Rust. So the process replaces itself
/// by itself (`execve(2)`, same process id) with the right environment.
fn second_life(root: &Path) -> Result<BuildDir> {
    if let Some(dir) = own_build_dir() {
        return Ok(dir);
    }
    let dir = BuildDir::planned(root)?;
    let mut second = Command::new(env::current_exe()?);
    if spare::wanted() > 0 {
        second.env(spare::FIT, Fit::of_this_process()?.to_text());
    }
    let error = second
        .args(env::args_os().skip(1))
        .env(BUILD_DIR, &dir)
        .env(EVCXR_TMPDIR, &dir)
        .envs(driver::environment(&dir))
        .exec();
    Err(error).context("the kernel could not start itself a second time")
}

/// Gives a further kernel the environment that this one has started with.
pub(crate) fn restore_environment(kernel: &mut Command) {
    driver::restore_environment(kernel);
    for name in [BUILD_DIR, EVCXR_TMPDIR, spare::FIT] {
        kernel.env_remove(name);
    }
}

fn own_build_dir() -> Option<BuildDir> {
    BuildDir::adopt(env::var_os(BUILD_DIR)?.into())
}

/// Is a kernel, to its end.
fn live(source: Source, dir: BuildDir, root: PathBuf) -> Result<()> {
    let settings = Settings {
        build_root: root,
        seed: env::var_os(SEED).map(PathBuf::from),
        preload: env::var(PRELOAD).ok(),
        private: PRIVATE,
        spare: matches!(source, Source::Spare(_)),
    };
    let (launcher, served) = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("can't start the runtime of the sockets")?
        .block_on(session::serve(source, dir.path(), settings));
    let _ = std::fs::remove_file(link::path_in(dir.path()));
    // The engine may be in the middle of a compilation, which writes on.
    for _ in 0..ATTEMPTS {
        interrupt::end_compiler(&[]);
        if dir.try_remove() {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    if let Some(launcher) = launcher {
        launcher.end(u8::from(served.is_err()));
    }
    served
}

/// Where kernels make their build directories.
///
/// For a kernel that somebody starts by hand or from a kernelspec of their own
/// it is a directory per user below the system's temporary directory.
///
/// # Errors
///
/// When `/proc` does not tell who this is.
pub(crate) fn build_root() -> Result<PathBuf> {
    if let Some(root) = env::var_os(BUILD_ROOT) {
        return Ok(root.into());
    }
    let user = Process::myself()?.uid()?;
    Ok(env::temp_dir().join(format!("netlab-kernel-{user}")))
}
