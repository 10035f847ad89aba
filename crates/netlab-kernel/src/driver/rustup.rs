//! `rustup`, as `evcxr` asks it for cargo.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CARGO, REAL_CARGO, RUSTUP, become_real, user_path};

/// Answers `rustup which cargo`; returns only if it can't.
pub(super) fn run(directory: &Path) -> io::Error {
    let real = find(RUSTUP);
    let asked: Vec<_> = env::args_os().skip(1).collect();
    if asked == ["which", CARGO]
        && let Some(cargo) = real_cargo(real.as_deref())
    {
        let link = directory.join(REAL_CARGO);
        let _ = fs::remove_file(&link);
        match symlink(cargo, link) {
            Ok(()) => {
                println!("{}", directory.join(CARGO).display());
                std::process::exit(0);
            }
            Err(error) => return error,
        }
    }
    match real {
        Some(real) => become_real(&real),
        None => io::ErrorKind::NotFound.into(),
    }
}

/// The cargo that `evcxr` would take.
fn real_cargo(rustup: Option<&Path>) -> Option<PathBuf> {
    rustup.and_then(which_cargo).or_else(|| find(CARGO))
}

fn which_cargo(rustup: &Path) -> Option<PathBuf> {
    let answer = Command::new(rustup)
        .args(["which", CARGO])
        .env("PATH", user_path())
        .output()
        .ok()?;
    let path = String::from_utf8(answer.stdout).ok()?;
    answer.status.success().then(|| PathBuf::from(path.trim()))
}

/// The first program of that name on the user's `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&user_path())
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}
