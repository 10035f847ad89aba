//! What `evcxr` and the compiler start in place of cargo and of the linker.
//!
//! A cell pays for every millisecond of a process that stands between it and
//! its compiler, and the kernel itself takes fifteen to start. So this is a
//! small executable of its own. What it can't do itself the kernel does, or
//! whom it stands for.
//!
//! It is started by the names that the kernel has given it in the directory of
//! the driver:
//!
//! - `cargo`: asks the compile service of the kernel ([`cargo`]);
//! - `analyzer/cargo`, `analyzer/rustc`: tell rust-analyzer of a package that
//!   depends on nothing ([`analyzer`]);
//! - `linker`: runs the linker as the C compiler would ([`linker`]);
//! - `ld/ld.lld`: writes down how the C compiler runs it.

mod analyzer;
#[path = "../../driver/call.rs"]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "what the service does with a message")
)]
mod call;
mod cargo;
mod linker;

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let name = env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let directory = name.parent().map(PathBuf::from).unwrap_or_default();
    let analyzed = directory.ends_with("analyzer");
    let done = match name.file_name().and_then(OsStr::to_str) {
        Some("cargo") if analyzed => analyzer::cargo(&directory),
        Some("rustc") if analyzed => analyzer::rustc(&directory),
        Some("cargo") => cargo::run(&directory),
        Some("linker") => linker::run(&directory),
        Some("ld.lld") => linker::record(),
        _ => {
            eprintln!("netlab-driver is started by netlab-kernel only");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("netlab-driver, as {}: {error}", name.display());
        ExitCode::from(101)
    })
}
