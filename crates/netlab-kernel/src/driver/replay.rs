//! Running the recorded compiler.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::messages::Messages;
use super::record::{Record, result_of};

/// Compiles the cell as the record says and returns the exit code that cargo
/// would have; nothing, and nothing printed, if cargo is to do it.
pub(super) fn run(record: &Record) -> Option<i32> {
    let rustc = &record.rustc;
    let output = rustc.output()?;
    let result = result_of(&record.artifact)?;
    // Whatever is there afterwards was made by this run. It also takes the
    // name away from the cell before, which is loaded under another one.
    for file in [&output, &result] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return None;
            }
            _ => {}
        }
    }
    let mut compiler = Command::new(&rustc.program)
        .args(rustc.arguments.iter().map(|argument| plain(argument)))
        .current_dir(&rustc.directory)
        .env_clear()
        .envs(&rustc.environment)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut messages = Messages::default();
    let said = BufReader::new(compiler.stderr.take().expect("it is piped"));
    for line in said.split(b'\n') {
        let line = line.ok()?;
        messages.take(&String::from_utf8_lossy(&line), &record.artifact);
    }
    let success = compiler.wait().ok()?.success();
    if success {
        fs::hard_link(&output, &result).ok()?;
    } else if messages.errors == 0 || messages.libraries_do_not_fit {
        return None;
    }
    messages.end(success, &record.artifact);
    let mut err = io::stderr().lock();
    for line in &messages.rest {
        let _ = writeln!(err, "{line}");
    }
    // A front end that has gone needs no messages.
    let _ = io::stdout()
        .lock()
        .write_all((messages.lines.join("\n") + "\n").as_bytes());
    Some(if success { 0 } else { 101 })
}

/// Asks for messages without colours, as cargo hands them on.
fn plain(argument: &str) -> String {
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
