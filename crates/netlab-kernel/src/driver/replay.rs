//! Running the recorded compiler.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::ahead;
use super::call::Built;
use super::messages::Messages;
use super::record::{Record, result_of};
use super::recorder;

/// What the compiler makes and where `evcxr` looks for it.
pub(super) struct Library {
    output: PathBuf,
    result: PathBuf,
}

impl Library {
    /// Makes room for the library of the next cell.
    pub(super) fn clear(record: &Record) -> Option<Self> {
        let library = Self {
            output: record.rustc.output()?,
            result: result_of(&record.artifact)?,
        };
        // Whatever is there afterwards was made by this run. It also takes
        // the name away from the cell before, which is loaded under another.
        for file in [&library.output, &library.result] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return None;
                }
                _ => {}
            }
        }
        Some(library)
    }

    /// Ends a build in which the compiler has said these lines; nothing if
    /// cargo is to do it.
    pub(super) fn end<'said>(
        &self,
        record: &Record,
        said: impl IntoIterator<Item = &'said str>,
        success: bool,
    ) -> Option<Built> {
        let mut messages = Messages::default();
        for line in said {
            messages.take(line, &record.artifact);
        }
        if success {
            fs::hard_link(&self.output, &self.result).ok()?;
        } else if messages.errors == 0 || messages.libraries_do_not_fit {
            return None;
        }
        messages.end(success, &record.artifact);
        let text = |lines: &[String]| {
            lines
                .iter()
                .flat_map(|line| [line.as_str(), "\n"])
                .collect::<String>()
        };
        Some(Built {
            code: if success { 0 } else { 101 },
            out: text(&messages.lines).into_bytes(),
            err: text(&messages.rest).into_bytes(),
        })
    }
}

/// Compiles the cell as the record says and returns what cargo would have
/// printed; nothing if cargo is to do it.
pub(super) fn run(record: &Record, directory: &Path) -> Option<Built> {
    let rustc = &record.rustc;
    let library = Library::clear(record)?;
    let mut compiler = rustc
        .command()
        .args(rustc.arguments.iter().map(|argument| plain(argument)))
        .arg(recorder::mir_in(directory))
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let said = ahead::said(&mut compiler).ok()?;
    let success = compiler.wait().ok()?.success();
    library.end(record, said.iter().map(String::as_str), success)
}

/// Asks for messages without colours, as cargo hands them on.
pub(super) fn plain(argument: &str) -> String {
    match argument.strip_prefix("--json=") {
        Some(forms) => {
            let forms: Vec<_> = forms
                .split(',')
                .filter(|form| *form != "diagnostic-rendered-ansi")
                .collect();
            format!("--json={}", forms.join(","))
        }
        None => argument.to_owned(),
    }
}
