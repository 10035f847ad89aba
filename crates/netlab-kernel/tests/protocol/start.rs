//! ■ while the kernel is still being prepared.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::interrupt::interrupt;
use crate::queue::aborted;

const CONFIGURATION: &[u8] = b"[evcxr]\noffline_mode = true\n";

/// Keeps kernels from being ready: a configuration that does not come.
struct Gate {
    home: TempDir,
    pipe: File,
}

impl Gate {
    fn closed() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("evcxr.toml");
        mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        // For both, so that neither side waits for the other to open it.
        let pipe = File::options().read(true).write(true).open(path).unwrap();
        Self { home, pipe }
    }

    /// A kernel that stands before it, and the first cell, which waits.
    fn kernel(&self, code: &str) -> (Client, String) {
        let mut client = Client::start_without_waiting_with(|kernel| {
            self.bars(kernel);
        });
        let id = client.execute(code);
        let mut kind = "display_data";
        loop {
            let shown = client.next_of(&id, kind);
            let step = shown["data"]["text/plain"].as_str().unwrap();
            assert!(step.starts_with("Ядро готовится"), "{step}");
            if step.contains("компилятор") {
                return (client, id);
            }
            kind = "update_display_data";
        }
    }

    fn bars(&self, kernel: &mut Command) {
        kernel.env("EVCXR_CONFIG_DIR", self.home.path());
    }

    fn open(mut self) -> TempDir {
        let [path, whole]: [PathBuf; 2] =
            ["evcxr.toml", "whole"].map(|name| self.home.path().join(name));
        fs::write(&whole, CONFIGURATION).unwrap();
        fs::rename(whole, path).unwrap();
        self.pipe.write_all(CONFIGURATION).unwrap();
        self.home
    }
}

/// Expects the end of a cell that was interrupted before it began.
fn not_begun(client: &mut Client, id: &str) {
    client.next_of(id, "clear_output");
    let error = client.fails(id);
    assert_eq!(error["ename"], "Interrupted");
    let said = error["traceback"][1].as_str().unwrap();
    assert!(said.contains("готовилось"), "{said}");
    assert!(said.contains("выполните её ещё раз"), "{said}");
}

/// Expects the end of a cell, whatever it has shown while it waited.
fn ends(client: &mut Client, id: &str) -> Value {
    let mut error = Value::Null;
    loop {
        let message = client.publication();
        assert_eq!(message.parent, id);
        match message.kind.as_str() {
            "status" => break,
            "error" => error = message.content,
            _ => {}
        }
    }
    client.reply(id, "execute_reply");
    error
}

#[test]
fn waiting_cell_is_told_and_works_the_next_time() {
    let gate = Gate::closed();
    let (mut client, first) = gate.kernel("let x = 42;");
    let second = client.send_execute("let y = 1;", json!({}));
    interrupt(&mut client, &first);
    not_begun(&mut client, &first);
    aborted(&mut client, &second);

    // Asked for after the interrupt, which does not concern it.
    let lost = client.execute("x");
    let _home = gate.open();
    let error = ends(&mut client, &lost);
    assert_eq!(error["ename"], "E0425");
    let said = error["traceback"].to_string();
    assert!(
        said.contains(
            "Ячейка [1] прервана, пока ядро готовилось: `x` создаёт ячейка \
             [1], выполните её ещё раз."
        ),
        "{said}"
    );
    client.runs("let x = 42;");
    client.gives("x", "42");
}

#[test]
fn ctrl_c_tells_the_waiting_cell_and_not_the_kernel() {
    let gate = Gate::closed();
    let (mut client, first) = gate.kernel("let x = 42;");
    let pid = Pid::from_raw(client.kernel.id().cast_signed());
    kill(pid, Signal::SIGINT).unwrap();
    not_begun(&mut client, &first);
    let again = client.execute("let x = 42;");
    let _home = gate.open();
    assert_eq!(ends(&mut client, &again), Value::Null);
    client.gives("x", "42");
}

#[test]
fn interrupt_of_a_start_without_cells_does_nothing() {
    let gate = Gate::closed();
    let mut client = Client::start_without_waiting_with(|kernel| {
        gate.bars(kernel);
    });
    let stop = client.interrupt();
    client.busy(&stop);
    client.idle(&stop);
    client.control_reply(&stop, "interrupt_reply");
    let id = client.execute("let x = 42;");
    let _home = gate.open();
    assert_eq!(ends(&mut client, &id), Value::Null);
    client.gives("x", "42");
}
