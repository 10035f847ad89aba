//! Whether a cell can really write a type.
//!
//! The MIR names what a variable is, also where a function only says
//! `impl Trait`: that can be a type of a private module. A name that no later
//! cell can write would make every one of them fail, so the compiler is asked
//! once, unless the type lies in the standard library.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::driver::recorder::Rustc;

/// Whether the cell with this text could take a value of the type, compiled as
/// `rustc` compiles cells. Files go below `directory`.
pub(super) fn holds(
    name: &str,
    cell: &str,
    rustc: &Rustc,
    directory: &Path,
) -> bool {
    let place = directory.join("proof");
    let source = place.join("src/lib.rs");
    let text = format!("{cell}\nfn netlab_takes(_: {name}) {{}}\n");
    let written = fs::create_dir_all(place.join("src"))
        .and_then(|()| fs::write(source, text));
    if written.is_err() {
        return false;
    }
    rustc
        .command()
        .args(arguments(rustc))
        .arg("--emit=metadata")
        .arg("--out-dir")
        .arg(&place)
        .current_dir(&place)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The recorded arguments without those that say what to make.
fn arguments(rustc: &Rustc) -> Vec<&str> {
    let mut arguments = Vec::new();
    let mut all = rustc.arguments.iter().map(String::as_str).peekable();
    while let Some(argument) = all.next() {
        let next = all.peek().copied().unwrap_or_default();
        let is_memory = argument == "-C" && next.starts_with("incremental=");
        if argument == "--out-dir" || is_memory {
            all.next();
        } else if !argument.starts_with("--emit") {
            arguments.push(argument);
        }
    }
    arguments
}
