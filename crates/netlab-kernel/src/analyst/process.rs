//! The process of the analyst, as the kernel starts it.
//!
//! It has a directory of its own in the build directory of the kernel, with
//! stand-ins for the programs that `evcxr` would have compile and run things.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crossbeam_channel::Sender;

use super::SOURCES;
use super::message::{Answered, Asked};
use crate::driver::USER_PATH;
use crate::front_end::{EVCXR_TMPDIR, restore_environment};

/// The argument that makes this executable an analyst.
const ROLE: &str = "analyst";

/// Below the directory of the analyst: what `evcxr` gets for cargo, and what
/// comes first on the `PATH`. rust-analyzer looks for cargo there too, and
/// must find the real one.
const STAND_INS: [(&str, &str); 3] = [
    ("stand-ins/cargo", include_str!("stand_ins/cargo")),
    ("stand-ins/path/rustup", include_str!("stand_ins/rustup")),
    ("stand-ins/path/sh", include_str!("stand_ins/sh")),
];
const SEARCHED: &str = "stand-ins/path";

/// A started analyst. It ends when this is dropped, once it reads on.
pub(super) struct Process {
    child: Child,
    lines: Sender<String>,
}

impl Process {
    /// Starts an analyst for the kernel that builds in `build_dir`; `hear`
    /// gets each of its answers, and None when it has gone.
    ///
    /// # Errors
    ///
    /// When the directory can't be written or the process can't be started.
    pub(super) fn start(
        build_dir: &Path,
        hear: impl FnMut(Option<Answered>) + Send + 'static,
    ) -> io::Result<Self> {
        let directory = directory_in(build_dir);
        put_stand_ins(&directory)?;
        let mut child = command(&directory)?
            // Ctrl-C in the terminal is for the cells.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (lines, to_write) = crossbeam_channel::unbounded();
        // An analyst that thinks does not read, and nobody is to wait for it.
        if let (Some(stdin), Some(stdout)) =
            (child.stdin.take(), child.stdout.take())
        {
            std::thread::spawn(move || write(stdin, &to_write));
            std::thread::spawn(move || read(stdout, hear));
        }
        Ok(Self { child, lines })
    }

    /// Says this to the analyst.
    pub(super) fn tell(&self, asked: &Asked) {
        if let Ok(line) = serde_json::to_string(asked) {
            // One that has gone is heard of by the other pipe.
            let _ = self.lines.send(line + "\n");
        }
    }

    pub(super) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Ends one that hangs.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Collects one that has gone.
    pub(super) fn collect(mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn directory_in(build_dir: &Path) -> PathBuf {
    build_dir.join("analyst")
}

fn put_stand_ins(directory: &Path) -> io::Result<()> {
    for (name, text) in STAND_INS {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// This executable as the analyst, in the environment in which the kernel was
/// started, but for what stands in for others.
fn command(directory: &Path) -> io::Result<Command> {
    let mut analyst = Command::new(env::current_exe()?);
    analyst.arg(ROLE);
    restore_environment(&mut analyst);
    let path = env::var_os(USER_PATH)
        .or_else(|| env::var_os("PATH"))
        .unwrap_or_default();
    let searched = directory.join(SEARCHED).into_os_string();
    // What rust-analyzer leaves behind goes with the kernel.
    let temporary = directory.join("temporary");
    fs::create_dir_all(&temporary)?;
    analyst
        .env("TMPDIR", temporary)
        .env("PATH", [&*searched, &*path].join(OsStr::new(":")))
        .env(USER_PATH, path)
        .env(EVCXR_TMPDIR, directory);
    if env::var_os(SOURCES).is_none() {
        analyst.env(SOURCES, super::shadow::no_library_in(directory));
    }
    Ok(analyst)
}

fn write(mut to: ChildStdin, lines: &crossbeam_channel::Receiver<String>) {
    for line in lines {
        if to.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(from: ChildStdout, mut hear: impl FnMut(Option<Answered>)) {
    for line in BufReader::new(from).lines() {
        let Ok(line) = line else { break };
        // What is no answer is a word of evcxr's own.
        if let Ok(answered) = serde_json::from_str(&line) {
            hear(Some(answered));
        }
    }
    hear(None);
}

#[cfg(test)]
mod tests {
    use std::process::Output;
    use std::time::Duration;

    use crossbeam_channel::RecvTimeoutError;

    use super::*;

    /// Runs a stand-in as evcxr would, in a directory of its own.
    fn run(name: &str, arguments: &[&str]) -> (tempfile::TempDir, Output) {
        let directory = tempfile::tempdir().unwrap();
        put_stand_ins(directory.path()).unwrap();
        // By its interpreter: what another test starts may still have the file
        // open that this one has written.
        let output = Command::new("/bin/sh")
            .arg(directory.path().join(name))
            .args(arguments)
            .current_dir(directory.path())
            .env("EVCXR_EXECUTION_SO_PATH", "so-path")
            .env(USER_PATH, env::var_os("PATH").unwrap())
            .output()
            .unwrap();
        (directory, output)
    }

    #[test]
    fn nothing_is_compiled_and_evcxr_finds_a_library() {
        let asked = ["--offline", "build", "--message-format=json"];
        let (directory, output) = run("stand-ins/cargo", &asked);
        assert!(output.status.success());
        let path = directory.path().join("so-path");
        let library = fs::read_to_string(path).unwrap();
        assert_eq!(fs::metadata(library).unwrap().len(), 0);
        assert!(!directory.path().join("target").exists());
    }

    #[test]
    fn check_finds_no_error() {
        let (_, output) = run("stand-ins/cargo", &["check", "--target", "x"]);
        assert!(output.status.success());
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
    }

    #[test]
    fn real_cargo_does_the_rest() {
        let (_, output) = run("stand-ins/cargo", &["--version"]);
        assert!(output.stdout.starts_with(b"cargo "), "{output:?}");
    }

    /// Takes long over a lock file: says so, and goes on when it hears a line.
    const SLOW_CARGO: &str = "#!/bin/sh
        for last; do :; done
        case $last in */Cargo.toml) cd \"${last%/*}\" ;; esac
        echo crossed out > Cargo.lock
        echo at work
        read -r line";

    #[test]
    fn killed_cargo_leaves_the_lock_file_and_no_process() {
        let directory = tempfile::tempdir().unwrap();
        put_stand_ins(directory.path()).unwrap();
        let at = |name: &str| directory.path().join(name);
        for (name, text) in [
            ("Cargo.toml", "[package]"),
            ("Cargo.lock", "all"),
            ("bin/cargo", SLOW_CARGO),
        ] {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            fs::write(at(name), text).unwrap();
        }
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(at("bin/cargo"), executable).unwrap();
        let path = env::var_os("PATH").unwrap();
        let path = [at("bin").as_os_str(), &*path].join(OsStr::new(":"));
        let mut cargo = Command::new("/bin/sh")
            .arg(at("stand-ins/cargo"))
            .args(["metadata", "--format-version=1"])
            .current_dir(directory.path())
            .env(USER_PATH, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (lines, said) = crossbeam_channel::unbounded();
        let stdout = BufReader::new(cargo.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines() {
                lines.send(line.unwrap()).unwrap();
            }
        });
        const WATCHDOG: Duration = Duration::from_secs(20);
        assert_eq!(said.recv_timeout(WATCHDOG).as_deref(), Ok("at work"));
        let stdin = cargo.stdin.take();
        cargo.kill().unwrap();
        cargo.wait().unwrap();
        // The last process that could write has ended.
        let end = said.recv_timeout(WATCHDOG);
        assert_eq!(end, Err(RecvTimeoutError::Disconnected));
        drop(stdin);
        assert_eq!(fs::read_to_string(at("Cargo.lock")).unwrap(), "all");
    }

    #[test]
    fn rustup_leads_to_the_other_cargo() {
        let (_directory, output) =
            run("stand-ins/path/rustup", &["which", "cargo"]);
        let path = String::from_utf8(output.stdout).unwrap();
        let text = fs::read_to_string(path.trim()).unwrap();
        assert_eq!(text, include_str!("stand_ins/cargo"));
    }

    #[test]
    fn shell_does_nothing() {
        let (directory, output) =
            run("stand-ins/path/sh", &["-c", "touch made"]);
        assert!(output.status.success());
        assert!(!directory.path().join("made").exists());
    }
}
