//! What must be on the machine before anything else, and the fix for what is
//! not. Each missing tool is one line.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// Checks every tool that the set-up needs.
///
/// # Errors
///
/// One line per missing tool, with the command that installs it.
pub(crate) fn check() -> Result<()> {
    let missing: Vec<_> =
        [python(), rust_src()].into_iter().flatten().collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("something is missing\n  - {}", missing.join("\n  - "))
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

fn rust_src() -> Option<String> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = output
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())?;
    let sources =
        Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std");
    (!sources.is_dir()).then(|| {
        "the sources of the standard library are missing, without them the \
         kernel can't infer types: `rustup component add rust-src`"
            .to_owned()
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
