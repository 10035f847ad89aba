//! What must be on the machine before anything else, and the fix for what is
//! not.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::step::Step;

/// Checks every tool that the set-up needs, and installs what can be installed
/// without a question.
///
/// # Errors
///
/// What is missing, with the command that installs it.
pub(crate) fn check(project: &Project) -> Result<()> {
    if let Some(fault) = fault_of_place(project.root()) {
        bail!("{fault}");
    }
    if let Some(missing) = python() {
        bail!("{missing}");
    }
    ensure_rust_src()
}

/// What keeps a clone at this place from being set up: evcxr names the library
/// of a cell in a line of words, and so can't load one below such a path.
fn fault_of_place(root: &Path) -> Option<String> {
    let has_space = root.to_string_lossy().contains(' ');
    has_space.then(|| {
        format!(
            "the kernel can't load cells from a path with a space: move the \
             clone, {}, to a directory without one",
            root.display()
        )
    })
}

/// The interpreter that makes the private environment.
pub(crate) const PYTHON: &str = "python3";

fn python() -> Option<String> {
    if !succeeds(&[PYTHON, "--version"]) {
        return Some(
            "python3 is not on the PATH: install it (Debian, Ubuntu: \
             `sudo apt-get install python3 python3-venv`)"
                .to_owned(),
        );
    }
    if !succeeds(&[
        PYTHON,
        "-c",
        "import sys; sys.exit(sys.version_info < (3, 11))",
    ]) {
        return Some(
            "python3 is older than 3.11, the oldest that the lab is tested \
             with: put a newer one first on the PATH"
                .to_owned(),
        );
    }
    // Debian ships `venv` without `ensurepip`, which makes every environment
    // fail half-way; so both are asked for.
    if !succeeds(&[PYTHON, "-c", "import venv, ensurepip"]) {
        return Some(
            "python3 has no module `venv`: install it (Debian, Ubuntu: \
             `sudo apt-get install python3-venv`)"
                .to_owned(),
        );
    }
    None
}

/// The sources of the standard library, which rust-analyzer reads: for
/// completion and help, and for the types of variables in the stock kernel. Who
/// has installed Rust without them has rustup all the same, which adds them to
/// the toolchain.
fn ensure_rust_src() -> Result<()> {
    if has_rust_src() {
        return Ok(());
    }
    let step = Step::start("rust-src, the sources of the standard library");
    let mut rustup = Command::new(ADD_RUST_SRC[0]);
    // Its own words would stand above a backtrace.
    rustup.args(&ADD_RUST_SRC[1..]).env("RUST_BACKTRACE", "0");
    step.download(&mut rustup).with_context(|| {
        format!(
            "the sources of the standard library are missing, without them \
             the kernel has no completion for std; `{}` installs them \
             (https://rustup.rs)",
            ADD_RUST_SRC.join(" ")
        )
    })?;
    step.done();
    Ok(())
}

const ADD_RUST_SRC: [&str; 4] = ["rustup", "component", "add", "rust-src"];

fn has_rust_src() -> bool {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = output
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    // Without a compiler the kernel fails with more to say than this.
    sysroot.is_none_or(|sysroot| {
        Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std")
            .is_dir()
    })
}

fn succeeds(command: &[&str]) -> bool {
    Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clone_below_a_path_with_a_space_is_told_before_anything_is_made() {
        let fault = fault_of_place(Path::new("/home/u/My Courses/netlab"));
        let fault = fault.unwrap_or_default();
        assert!(fault.contains("/home/u/My Courses/netlab"), "{fault}");
        assert!(fault.contains("move the clone"), "{fault}");
        assert_eq!(fault_of_place(Path::new("/home/u/Курсы/netlab")), None);
    }
}
