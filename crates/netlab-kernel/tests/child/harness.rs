//! Plays `evcxr` and the front end for a child.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use socket2::Socket;
use tempfile::TempDir;

use crate::channel::{self, Assembler, FromChild, ToChild};
pub(crate) use crate::ran::Ran;

/// How long anything may take before a test fails.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(30);

pub(crate) const HOOKS: &str = include_str!("../../src/child/cells/hooks.rs");
const PRELUDE: &str = concat!(
    include_str!("../../src/child/cells/errors.rs"),
    include_str!("../../src/child/cells/prelude.rs"),
);

/// A running child.
pub(crate) struct Child {
    process: std::process::Child,
    commands: Option<std::process::ChildStdin>,
    replies: Receiver<String>,
    socket: Socket,
    messages: Receiver<FromChild>,
    cells: u64,
    /// What `evcxr` is set to print of an error: a trait and a format.
    pub(crate) error_format: &'static str,
    pub(crate) prelude: &'static str,
    /// When the last run began.
    begun: Instant,
    dir: TempDir,
}

impl Child {
    /// Starts a child and loads the hooks, as the front end does.
    pub(crate) fn start() -> Self {
        let mut child = Self::start_with(&[]);
        child.run(HOOKS);
        child
    }

    /// Starts a child that has run nothing.
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("channel");
        let listener = channel::listen(&path).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_netlab-kernel"))
            .env("EVCXR_IS_RUNTIME", "1")
            .env("RUST_BACKTRACE", "1")
            .env(channel::SOCKET, &path)
            .envs(environment.iter().copied())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (socket, _) = listener.accept().unwrap();
        let (sender, replies) = channel();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        let (sender, messages) = channel();
        let reader = socket.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut assembler = Assembler::default();
            let mut packet = vec![0; 2 * channel::MAX_BYTES];
            while let Ok(length @ 1..) = (&reader).read(&mut packet) {
                let message = assembler.take(&packet[..length]).unwrap();
                if message.is_some_and(|it| sender.send(it).is_err()) {
                    return;
                }
            }
        });
        let commands = process.stdin.take();
        let child = Self {
            process,
            commands,
            replies,
            socket,
            messages,
            cells: 0,
            error_format: "std::fmt::Debug, {:?}",
            prelude: PRELUDE,
            begun: Instant::now(),
            dir,
        };
        let hello = child.next_message();
        assert_eq!(hello, FromChild::Hello { pid: child.pid() });
        child
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn say(&self, message: ToChild) {
        channel::send(&self.socket, &message).unwrap();
    }

    /// Runs a cell to its end.
    pub(crate) fn run(&mut self, code: &str) -> Ran {
        self.begin(code);
        self.end()
    }

    /// The same, and how long the run itself took, without the compiler.
    pub(crate) fn run_timed(&mut self, code: &str, took: &mut Duration) -> Ran {
        self.begin(code);
        let ran = self.end();
        *took = self.begun.elapsed();
        ran
    }

    /// Lets a cell begin.
    pub(crate) fn begin(&mut self, code: &str) {
        self.cells += 1;
        let cell = self.cells;
        let object = self.compile(code);
        self.say(ToChild::BeginCell { cell });
        self.begun = Instant::now();
        let commands = self.commands.as_mut().unwrap();
        let object = object.display();
        writeln!(commands, "LOAD_AND_RUN {object} run_user_code_{cell}")
            .unwrap();
    }

    /// Interrupts the running cell.
    pub(crate) fn interrupt(&self) {
        self.say(ToChild::Interrupt { cell: self.cells });
    }

    /// Waits until the child has done everything that it was told so far.
    pub(crate) fn sync(&self) {
        let token = 7;
        self.say(ToChild::Sync { token });
        while self.next_message() != (FromChild::Synced { token }) {}
    }

    /// Waits for the end of the running cell.
    pub(crate) fn end(&mut self) -> Ran {
        let mut ran = Ran::default();
        loop {
            let message = self.next_message();
            let ended = matches!(message, FromChild::CellEnded { .. });
            ran.messages.push(message);
            if ended {
                break;
            }
        }
        loop {
            let line = self.replies.recv_timeout(WATCHDOG).unwrap();
            if line == "EVCXR_EXECUTION_COMPLETE" {
                return ran;
            }
            ran.replies.push(line);
        }
    }

    /// The next message of the child.
    pub(crate) fn next_message(&self) -> FromChild {
        self.messages
            .recv_timeout(WATCHDOG)
            .expect("the child says nothing more")
    }

    /// What the child sends until `wanted` holds for its output so far.
    pub(crate) fn until(&self, wanted: impl Fn(&Ran) -> bool) -> Ran {
        let mut ran = Ran::default();
        while !wanted(&ran) {
            ran.messages.push(self.next_message());
        }
        ran
    }

    /// Waits for the end of a child that a cell has killed.
    pub(crate) fn death(&mut self) -> (Vec<FromChild>, ExitStatus) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < WATCHDOG, "the child lives on");
            std::thread::sleep(Duration::from_millis(5));
        };
        // The sender is dropped when the connection ends.
        (self.messages.iter().collect(), status)
    }

    /// Makes the child see that the front end is gone.
    pub(crate) fn lose_front_end(&mut self) {
        self.socket.shutdown(std::net::Shutdown::Both).unwrap();
    }

    /// Wraps a cell as `evcxr` does.
    fn wrapped(&self, code: &str) -> String {
        let (bound, format) = self.error_format.split_once(", ").unwrap();
        let (prelude, cell) = (self.prelude, self.cells);
        format!(
            "#![allow(unused)]
            {prelude}
            struct EvcxrUserCodeError {{}}
            impl<T: {bound}> From<T> for EvcxrUserCodeError {{
                fn from(error: T) -> Self {{
                    eprintln!(\"{format}\", error);
                    println!(\"EVCXR_ERROR_OCCURRED\");
                    EvcxrUserCodeError {{}}
                }}
            }}
            #[unsafe(no_mangle)]
            pub extern \"C\" fn run_user_code_{cell}(
                store: *mut u8,
            ) -> *mut u8 {{
                match std::panic::catch_unwind(|| {{
                    let _ = (|| -> Result<(), EvcxrUserCodeError> {{
                        {code}
                        Ok(())
                    }})();
                }}) {{
                    Ok(()) => {{}}
                    Err(_) => println!(\"EVCXR_PANIC_NOTIFICATION\"),
                }}
                store
            }}"
        )
    }

    fn compile(&self, code: &str) -> PathBuf {
        let cell = self.cells;
        let source = self.dir.path().join(format!("cell{cell}.rs"));
        let object = self.dir.path().join(format!("libcode_{cell}.so"));
        fs::write(&source, self.wrapped(code)).unwrap();
        compile(&source, &object);
        object
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn compile(source: &Path, object: &Path) {
    let output = Command::new("rustc")
        .args(["--edition=2024", "--crate-type=cdylib", "--crate-name=ctx"])
        .args(["-Cprefer-dynamic", "-Crpath", "-Copt-level=1"])
        .arg("-o")
        .arg(object)
        .arg(source)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
