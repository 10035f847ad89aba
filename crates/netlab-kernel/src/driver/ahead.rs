//! A compiler that was started before there is a cell to compile.
//!
//! It has read its arguments and waits for `src/lib.rs`, which in its directory
//! is a name for its standard input. The kernel holds the other end of that
//! pipe: when it dies, in whatever way, the compiler reads the end of the file
//! and ends too.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};

use super::recorder::{self, Rustc};
use super::replay::plain;
use super::runtime;

/// How every cell begins. A compiler that never hears more than this has an
/// error to report and makes no library.
const PREFIX: &str = "#![";

/// A compiler that waits.
pub(super) struct Ahead {
    compiler: Child,
    source: Option<ChildStdin>,
}

impl Ahead {
    /// Starts what compiles cells as `rustc` does, only without a memory of
    /// the cell before: what is left of a cell without `runtime` compiles
    /// faster than such a memory is read and written. If it is asked for
    /// types, it writes the MIR of the cell as well.
    ///
    /// # Errors
    ///
    /// When there is no such program or no directory to start it in.
    pub(super) fn start(
        rustc: &Rustc,
        runtime: &Path,
        asks: bool,
        directory: &Path,
    ) -> io::Result<Self> {
        let place = directory.join("ahead");
        fs::create_dir_all(place.join("src"))?;
        match symlink("/proc/self/fd/0", place.join("src/lib.rs")) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error);
            }
            _ => {}
        }
        let mut command = rustc.command();
        command
            .args(arguments(rustc))
            .args(asks.then(|| recorder::mir_in(directory)))
            .arg("--extern")
            .arg(format!("{}={}", runtime::CRATE, runtime.display()));
        let linker = directory.join("linker");
        if linker.exists() && !names_a_linker(rustc) {
            command
                .arg(format!("-Clinker={}", linker.display()))
                .arg("-Clinker-flavor=gcc");
        }
        let mut compiler = command
            .current_dir(place)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut source = compiler.stdin.take().expect("it is piped");
        // Fits into the empty pipe.
        source.write_all(PREFIX.as_bytes())?;
        Ok(Self {
            compiler,
            source: Some(source),
        })
    }

    /// Whether it still waits.
    pub(super) fn waits(&mut self) -> bool {
        self.source.is_some() && matches!(self.compiler.try_wait(), Ok(None))
    }

    /// Gives it the cell.
    ///
    /// # Errors
    ///
    /// When the cell begins in another way, or the compiler has died.
    pub(super) fn feed(&mut self, cell: &str) -> io::Result<()> {
        let rest = cell.strip_prefix(PREFIX);
        let rest = rest.ok_or(io::ErrorKind::InvalidInput)?;
        let source = self.source.take();
        let mut source = source.ok_or(io::ErrorKind::BrokenPipe)?;
        source.write_all(rest.as_bytes())
    }

    /// Waits for its end; returns the lines that it has said.
    pub(super) fn finish(mut self) -> io::Result<(Vec<String>, ExitStatus)> {
        let said = said(&mut self.compiler)?;
        Ok((said, self.compiler.wait()?))
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Before the pipe is closed, so that it does not start to compile.
        let _ = self.compiler.kill();
        let _ = self.compiler.wait();
    }
}

/// Reads what a compiler says until it closes its standard error.
pub(super) fn said(compiler: &mut Child) -> io::Result<Vec<String>> {
    let said = compiler.stderr.take().expect("it is piped");
    BufReader::new(said)
        .split(b'\n')
        .map(|line| Ok(String::from_utf8_lossy(&line?).into_owned()))
        .collect()
}

fn names_a_linker(rustc: &Rustc) -> bool {
    rustc.arguments.iter().any(|argument| {
        argument.contains("linker") || argument.contains("link-self-contained")
    })
}

/// The recorded arguments without `-C incremental=…`, and with one codegen
/// unit: a cell is too small for its parts to be compiled side by side.
fn arguments(rustc: &Rustc) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut all = rustc.arguments.iter().peekable();
    while let Some(argument) = all.next() {
        let next = all.peek().map_or("", |next| next.as_str());
        if argument == "-C" && next.starts_with("incremental=") {
            all.next();
        } else if argument.starts_with("codegen-units=") {
            arguments.push("codegen-units=1".to_owned());
        } else {
            arguments.push(plain(argument));
        }
    }
    arguments
}
