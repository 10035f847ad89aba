//! Stands where `evcxr` looks for cargo, and leaves cargo out of a cell that
//! needs only the compiler.
//!
//! Between two cells nearly always nothing has changed but `src/lib.rs`. Cargo
//! needs as long to find that out as the compiler needs for the cell. So the
//! command with which cargo ran the compiler is recorded together with
//! everything that it depends on ([`record`]), and run again as long as all of
//! that is the same ([`replay`]). On any doubt the real cargo runs.
//!
//! `evcxr` asks `rustup which cargo` once. In the build directory of a kernel
//! lies a directory with names of this executable:
//!
//! - `rustup`, first on the `PATH` of the front end: answers that question with
//!   the next one and passes everything else on to the real one ([`rustup`]);
//! - `cargo`: decides, and replays or runs the real cargo ([`cargo`]);
//! - `tethered`: becomes the real cargo, which ends with it ([`tethered`]);
//! - `recorder`: the `RUSTC_WRAPPER` of the real cargo ([`recorder`]).
//!
//! Most cells do not even need this: the name `cargo` leads to a small
//! executable, `netlab-driver`, if that lies beside this one. It asks the front
//! end, which has the record at hand ([`service`]) and a compiler that is
//! waiting for the cell ([`ahead`]), and leaves out what all cells have in
//! common ([`runtime`]). It is also the linker of such a cell. Only on a no it
//! becomes this executable as `cargo`.
//!
//! The real cargo is reminded of the versions of the seed each time (see
//! [`crate::versions`]).
//!
//! On every way the compiler tells the types of the variables of the cell
//! ([`types`]), so that the rust-analyzer inside `evcxr` has nothing to read:
//! what it finds as its cargo and its compiler is `netlab-driver` as well.

mod ahead;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "what the small executable does with one")
)]
mod call;
mod cargo;
mod errors;
mod inputs;
mod last_expression;
mod messages;
mod record;
mod recorder;
mod replay;
mod runtime;
mod rustup;
mod service;
mod tethered;
mod types;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::front_end::BUILD_DIR;
pub(crate) use types::{Types, UNKNOWN};

/// `0` lets `evcxr` run cargo itself.
const SWITCH: &str = "NETLAB_DRIVER";

/// The `PATH` without the directory of the driver, for everybody else.
pub(crate) const USER_PATH: &str = "NETLAB_USER_PATH";

/// The names of this executable in the directory of the driver.
const RUSTUP: &str = "rustup";
const CARGO: &str = "cargo";
const RECORDER: &str = "recorder";
const TETHERED: &str = "tethered";

/// This executable for `netlab-driver`, and as the service alone.
const KERNEL: &str = "kernel";
const SERVE: &str = "serve";

/// The small executable.
const SMALL: &str = "netlab-driver";

/// Its names as the linker, and as the one that records the real linker.
const LINKER: &str = "linker";
const RECORDING_LINKER: &str = "ld/ld.lld";

/// The variables by which rust-analyzer looks for its programs, their names,
/// and the variables for what the user had there: a `cargo run` sets the first.
const ANALYZED: [(&str, &str, &str); 2] = [
    ("CARGO", "cargo", "NETLAB_USER_CARGO"),
    ("RUSTC", "rustc", "NETLAB_USER_RUSTC"),
];

/// Another name there, which leads to the real cargo.
const REAL_CARGO: &str = "real-cargo";

/// The versions of crates with which a kernel has started, and those that cargo
/// has taken for the cells.
pub(crate) const VERSIONS: &str = "Cargo.lock";

/// Does what the name asks for under which this process was started, and does
/// not return then.
pub(crate) fn run_if_asked() {
    let Some(name) = env::args_os().next().map(PathBuf::from) else {
        return;
    };
    let Some(directory) = directory_of(&name) else {
        return;
    };
    let run = match name.file_name().and_then(OsStr::to_str) {
        Some(RUSTUP) => rustup::run,
        Some(CARGO) => cargo::run,
        Some(RECORDER) => recorder::run,
        Some(TETHERED) => tethered::run,
        Some(SERVE) => service::run,
        _ => return,
    };
    let error = run(&directory);
    eprintln!("netlab-kernel, as {}: {error}", name.display());
    std::process::exit(101);
}

/// Where the driver lies; a name without a path was found by the `PATH`.
fn directory_of(name: &Path) -> Option<PathBuf> {
    if name.is_absolute() {
        return Some(name.parent()?.to_path_buf());
    }
    Some(directory_in(Path::new(&env::var_os(BUILD_DIR)?)))
}

fn directory_in(build_dir: &Path) -> PathBuf {
    build_dir.join("driver")
}

/// What is put before the `PATH`: whoever looks for cargo there, rust-analyzer
/// for one, must go on finding the real one.
fn searched_in(build_dir: &Path) -> PathBuf {
    directory_in(build_dir).join("path")
}

/// Where the programs lie that rust-analyzer finds in place of the real ones.
fn analyzer_in(build_dir: &Path) -> PathBuf {
    directory_in(build_dir).join("analyzer")
}

/// What a kernel that builds in `build_dir` must have in its environment.
pub(crate) fn environment(build_dir: &Path) -> Vec<(&'static str, OsString)> {
    let path = env::var_os("PATH").unwrap_or_default();
    let own = searched_in(build_dir).into_os_string();
    if env::var_os(SWITCH).is_some_and(|value| value == "0") {
        return Vec::new();
    }
    let searched = [own, path.clone()].join(OsStr::new(":"));
    let mut variables = vec![("PATH", searched), (USER_PATH, path)];
    let small = env::current_exe().map(|this| this.with_file_name(SMALL));
    if small.is_ok_and(|small| small.is_file()) {
        for (name, program, users) in ANALYZED {
            variables.extend(env::var_os(name).map(|value| (users, value)));
            let program = analyzer_in(build_dir).join(program);
            variables.push((name, program.into_os_string()));
        }
    }
    variables
}

/// Takes out of the environment of a process what [`environment`] has put into
/// that of this one.
pub(crate) fn restore_environment(process: &mut Command) {
    let Some(path) = env::var_os(USER_PATH) else {
        return;
    };
    process.env("PATH", path).env_remove(USER_PATH);
    if finds_types() {
        for (name, _, users) in ANALYZED {
            match env::var_os(users) {
                Some(value) => process.env(name, value),
                None => process.env_remove(name),
            };
            process.env_remove(users);
        }
    }
}

/// Whether the types of variables are found by the compiler, so that the
/// rust-analyzer of `evcxr` has nothing to read.
pub(crate) fn finds_types() -> bool {
    let Some(build_dir) = env::var_os(BUILD_DIR) else {
        return false;
    };
    let own = analyzer_in(Path::new(&build_dir));
    ANALYZED.iter().all(|(name, program, _)| {
        env::var_os(name).is_some_and(|path| path == *own.join(program))
    })
}

/// The types of variables that the compiler has found for a kernel that builds
/// in `build_dir`.
pub(crate) fn types(build_dir: &Path) -> Types {
    Types::load(&directory_in(build_dir))
}

/// Puts the driver into the build directory and starts the compile service.
///
/// # Errors
///
/// When the directory can't be written; `evcxr` finds the real cargo then.
pub(crate) fn install(build_dir: &Path) -> io::Result<()> {
    if env::var_os(USER_PATH).is_none() {
        return Ok(());
    }
    let directory = directory_in(build_dir);
    let this = env::current_exe()?;
    let small = this.with_file_name(SMALL);
    fs::create_dir_all(searched_in(build_dir))?;
    match fs::copy(build_dir.join(VERSIONS), directory.join(VERSIONS)) {
        Ok(_) => {}
        // There is no seed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    symlink(&this, directory.join(RECORDER))?;
    symlink(&this, searched_in(build_dir).join(RUSTUP))?;
    if !small.is_file() {
        return symlink(&this, directory.join(CARGO));
    }
    symlink(&this, directory.join(KERNEL))?;
    symlink(&small, directory.join(CARGO))?;
    symlink(&small, directory.join(LINKER))?;
    fs::create_dir_all(analyzer_in(build_dir))?;
    for (_, program, _) in ANALYZED {
        symlink(&small, analyzer_in(build_dir).join(program))?;
    }
    fs::create_dir_all(directory.join("ld"))?;
    symlink(&small, directory.join(RECORDING_LINKER))?;
    service::start(&directory)
}

/// The `PATH` of the user.
fn user_path() -> OsString {
    env::var_os(USER_PATH)
        .or_else(|| env::var_os("PATH"))
        .unwrap_or_default()
}

/// Replaces this process by another program with the same arguments.
fn become_real(program: &Path) -> io::Error {
    Command::new(program)
        .args(env::args_os().skip(1))
        .env("PATH", user_path())
        .exec()
}
