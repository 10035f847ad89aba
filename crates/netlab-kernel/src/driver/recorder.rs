//! The `RUSTC_WRAPPER` of the real cargo: writes down the command that
//! compiles the cell, and is the compiler otherwise.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Signal, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};

use super::types;

/// Names the file to write the command into; unset: nothing is recorded.
pub(super) const FILE: &str = "NETLAB_DRIVER_RECORD";

/// What the compiler that runs alone must not find in its environment: the
/// first three name descriptors of a cargo that has ended.
const NOT_REPLAYED: [&str; 5] = [
    "CARGO_MAKEFLAGS",
    "MAKEFLAGS",
    "MFLAGS",
    "RUSTC_WRAPPER",
    FILE,
];

/// How cargo has run the compiler.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rustc {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) directory: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
}

/// Runs the compiler; returns only if it can't.
pub(super) fn run(directory: &Path) -> io::Error {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        return io::ErrorKind::InvalidInput.into();
    };
    // With a cargo that somebody ends, its compilers end too: the next one
    // writes to the same files.
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    let mut compiler = Command::new(program);
    if let Some(file) = env::var_os(FILE)
        && let Some(rustc) = this_command()
        && rustc.compiles_a_cell()
    {
        compiler.arg(mir_in(directory));
        if let Ok(text) = serde_json::to_vec(&rustc) {
            // Without the file the next cell is left to cargo as well.
            let _ = fs::write(file, text);
        }
    }
    compiler.args(arguments).env_remove(FILE).exec()
}

/// Lets the compiler write the MIR of a cell beside everything else.
pub(super) fn mir_in(directory: &Path) -> String {
    format!("--emit=mir={}", directory.join(types::MIR).display())
}

/// The command of this process; nothing if a part of it is not text.
fn this_command() -> Option<Rustc> {
    let mut arguments = env::args_os()
        .skip(1)
        .map(|argument| argument.into_string().ok())
        .collect::<Option<Vec<_>>>()?;
    let program = arguments.remove(0).into();
    Some(Rustc {
        program,
        arguments,
        directory: env::current_dir().ok()?,
        environment: env::vars_os()
            .map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            })
            .filter(|variable| {
                variable.as_ref().is_none_or(|(name, _)| {
                    !NOT_REPLAYED.contains(&name.as_str())
                })
            })
            .collect::<Option<_>>()?,
    })
}

impl Rustc {
    /// The compiler without arguments, where cargo has run it and with the
    /// same variables; what it has to say comes on its standard error.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.directory)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Whether this is how `evcxr` has its cells compiled.
    pub(super) fn compiles_a_cell(&self) -> bool {
        self.value_of("--crate-name") == Some("ctx")
            && self.value_of("--crate-type") == Some("cdylib")
            && self.has("src/lib.rs")
            && self.has("--emit=dep-info,link")
            && self.has("--error-format=json")
    }

    fn has(&self, argument: &str) -> bool {
        self.arguments.iter().any(|has| has == argument)
    }

    /// What follows the first argument of that name.
    pub(super) fn value_of(&self, name: &str) -> Option<&str> {
        self.values_of(name).next()
    }

    /// What follows each argument of that name.
    pub(super) fn values_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.arguments
            .windows(2)
            .filter(move |pair| pair[0] == name)
            .map(|pair| pair[1].as_str())
    }

    /// The shared object that the compiler makes.
    pub(super) fn output(&self) -> Option<PathBuf> {
        Some(Path::new(self.value_of("--out-dir")?).join("libctx.so"))
    }
}
