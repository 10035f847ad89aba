//! `cargo`, as `evcxr` runs it: the recorded compiler, or the real cargo.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::Value;

use super::inputs::{Asked, Contents};
use super::record::{self, Record};
use super::{
    REAL_CARGO, RECORDER, become_real, recorder, replay, service, user_path,
};

/// Names the wrappers that can stand before the compiler already.
const WRAPPERS: [&str; 4] = [
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
];

/// Does what the arguments ask of cargo; returns only if it can't.
pub(super) fn run(directory: &Path) -> io::Error {
    let real = match fs::read_link(directory.join(REAL_CARGO)) {
        Ok(real) => real,
        Err(error) => return error,
    };
    let asked = match Asked::of_this_process() {
        Some(asked) if asked.builds_a_cell() && !is_wrapped() => asked,
        _ => return become_real(&real),
    };
    let contents = Contents::read(&asked);
    if !contents.can_be_recorded() {
        return become_real(&real);
    }
    let file = directory.join(record::FILE);
    if let Some(record) = Record::load(&file)
        && record.holds(&asked, &contents)
        && let Some(built) = replay::run(&record)
    {
        service::tell(directory);
        // A front end that has gone needs no messages.
        let _ = io::stderr().write_all(&built.err);
        let _ = io::stdout().write_all(&built.out);
        std::process::exit(built.code.into());
    }
    // Not before the new one is there: this one no longer holds.
    let _ = fs::remove_file(&file);
    let command = directory.join("rustc.json");
    match build(&real, &command, directory) {
        Ok((0, messages, since)) => {
            let after = Contents::read(&asked);
            let record = after
                .differ_only_in_the_lock_file(&contents)
                .then(|| Record::make(asked, after, &command, &messages, since))
                .flatten();
            if let Some(record) = record {
                record.save(&file);
            }
            service::tell(directory);
            std::process::exit(0);
        }
        Ok((end, ..)) => std::process::exit(end),
        Err(error) => error,
    }
}

/// Whether another program stands between cargo and the compiler.
fn is_wrapped() -> bool {
    WRAPPERS.iter().any(|name| env::var_os(name).is_some())
}

/// Runs the real cargo with the recorder between it and the compiler. Returns
/// its exit code, its messages, and when it started.
fn build(
    real: &Path,
    command: &Path,
    directory: &Path,
) -> io::Result<(i32, Vec<Value>, SystemTime)> {
    match fs::remove_file(command) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error);
        }
        _ => {}
    }
    let since = SystemTime::now();
    let recorder: PathBuf = directory.join(RECORDER);
    let mut cargo = Command::new(real)
        .args(env::args_os().skip(1))
        .env("PATH", user_path())
        .env("RUSTC_WRAPPER", recorder)
        .env(recorder::FILE, command)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut messages = Vec::new();
    let mut out = io::stdout().lock();
    let lines = BufReader::new(cargo.stdout.take().expect("it is piped"));
    for line in lines.split(b'\n') {
        let line = line?;
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        messages.extend(serde_json::from_slice(&line).ok());
    }
    // Nothing but an exit code leads to a record: a signal is a failure.
    let end = cargo.wait()?.code().unwrap_or(101);
    Ok((end, messages, since))
}
