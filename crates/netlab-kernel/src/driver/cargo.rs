//! `cargo`, as `evcxr` runs it: the recorded compiler, or the real cargo.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::Value;

use super::call::Built;
use super::inputs::{Asked, Contents};
use super::record::{self, Record};
use super::types::{Found, Source, refusal};
use super::{
    REAL_CARGO, RECORDER, VERSIONS, become_real, recorder, replay, service,
    tethered, user_path,
};
use crate::versions;

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
    let asked = match Asked::of_this_process().map(Asked::into_build) {
        Some(asked) if asked.builds_a_cell() => asked,
        _ => {
            recall_versions(directory);
            return become_real(&real);
        }
    };
    match build(&real, asked, directory) {
        Ok(built) => {
            // A front end that has gone needs no messages.
            let _ = io::stderr().write_all(&built.err);
            let _ = io::stdout().write_all(&built.out);
            std::process::exit(built.code.into());
        }
        Err(error) => error,
    }
}

/// Builds a cell, and learns the types of its variables.
fn build(real: &Path, asked: Asked, directory: &Path) -> io::Result<Built> {
    let mut source = Source::read(&asked.directory, directory)?;
    loop {
        let typed = source.typed()?;
        let built = compile(real, &asked, typed.asks(), directory)?;
        if built.code != 0 && source.narrow() {
            continue;
        }
        if built.code != 0 {
            return Ok(source.refused(built));
        }
        if !typed.asks() {
            return Ok(built);
        }
        let record = Record::load(&directory.join(record::FILE));
        let rustc = record.as_ref().map(|record| &record.rustc);
        match source.find(&typed, rustc)? {
            Found::All => return Ok(built),
            Found::Again => {}
            Found::Nameless(line) => return Ok(refusal(line)),
        }
    }
}

/// Compiles a cell, as recorded, or by the real cargo.
fn compile(
    real: &Path,
    asked: &Asked,
    wants_types: bool,
    directory: &Path,
) -> io::Result<Built> {
    let contents = Contents::read(asked);
    if is_wrapped() || !contents.can_be_recorded() {
        recall_versions(directory);
        return unrecorded(real, asked, wants_types, directory);
    }
    let file = directory.join(record::FILE);
    if let Some(record) = Record::load(&file)
        && record.holds(asked, &contents)
        && let Some(built) = replay::run(&record, directory)
    {
        service::tell(directory);
        return Ok(built);
    }
    // Not before the new one is there: this one no longer holds.
    let _ = fs::remove_file(&file);
    recall_versions(directory);
    let command = directory.join("rustc.json");
    let (built, since) = recorded(real, asked, &command, directory)?;
    if built.code == 0 {
        let messages: Vec<Value> = built
            .out
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        let after = Contents::read(asked);
        let record = after
            .differ_only_in_the_lock_file(&contents)
            .then(|| {
                Record::make(asked.clone(), after, &command, &messages, since)
            })
            .flatten();
        if let Some(record) = record {
            record.save(&file);
        }
        service::tell(directory);
    }
    Ok(built)
}

/// Reminds cargo of the versions that are compiled in the seed.
fn recall_versions(directory: &Path) {
    if let Some(cells) = directory.parent() {
        // Without a seed there are none; without them cargo compiles more.
        let _ =
            versions::recall(&directory.join(VERSIONS), &cells.join(VERSIONS));
    }
}

/// Whether another program stands between cargo and the compiler.
fn is_wrapped() -> bool {
    WRAPPERS.iter().any(|name| env::var_os(name).is_some())
}

/// Runs the real cargo, with somebody else between it and the compiler.
fn unrecorded(
    real: &Path,
    asked: &Asked,
    wants_types: bool,
    directory: &Path,
) -> io::Result<Built> {
    let arguments = asked.arguments.iter().map(|argument| {
        // Only so can the compiler be told more.
        match argument == "build" && wants_types {
            true => "rustc",
            false => argument,
        }
    });
    let mut cargo = tethered::command(real, directory)?;
    cargo.args(arguments);
    if wants_types {
        cargo.arg("--").arg(recorder::mir_in(directory));
    }
    finish(&mut cargo)
}

/// Runs the real cargo with the recorder between it and the compiler. Returns
/// how it has ended, and when it started.
fn recorded(
    real: &Path,
    asked: &Asked,
    command: &Path,
    directory: &Path,
) -> io::Result<(Built, SystemTime)> {
    match fs::remove_file(command) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error);
        }
        _ => {}
    }
    let since = SystemTime::now();
    let mut cargo = tethered::command(real, directory)?;
    cargo
        .args(&asked.arguments)
        .env("RUSTC_WRAPPER", directory.join(RECORDER))
        .env(recorder::FILE, command);
    Ok((finish(&mut cargo)?, since))
}

/// Runs the real cargo to its end. What it says of its progress goes out at
/// once; its messages wait, because the cell may have to be compiled again.
fn finish(cargo: &mut Command) -> io::Result<Built> {
    let output = cargo
        .env("PATH", user_path())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    // Nothing but an exit code leads to a record: a signal is a failure.
    let code = output.status.code().map(u8::try_from);
    Ok(Built {
        code: code.and_then(Result::ok).unwrap_or(101),
        out: output.stdout,
        err: Vec::new(),
    })
}
