//! Spare kernels: who gets one, and that each ends.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tempfile::TempDir;

use crate::client::Client;
use crate::launch::{offers, spare};
use crate::lifetime::{nothing_is_left, wait_for_the_end_of};

/// The process that runs `evcxr` for a client.
fn kernel_of(client: &mut Client) -> u32 {
    let id = client.execute("std::os::unix::process::parent_id()");
    let result = client.next_of(&id, "execute_result");
    client.succeeds(&id);
    result["data"]["text/plain"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// A process that stands for the lab.
struct Lab(Child);

impl Lab {
    fn open() -> Self {
        let lab = Command::new("cat").stdin(Stdio::piped()).spawn();
        Self(lab.unwrap())
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ends a kernel so that it can put its directory away.
fn terminate(mut client: Client) {
    let pid = Pid::from_raw(client.kernel.id().cast_signed());
    kill(pid, Signal::SIGTERM).unwrap();
    assert!(client.kernel.wait().unwrap().success());
    client.forget();
}

fn home() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

#[test]
fn spare_kernel_is_used_and_ends_with_its_launcher() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |kernel| {
        kernel.env("ONLY_OF_THE_SPARE_ONE", "x");
    });
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), waiting);
    assert!(offers(home.path()).is_empty());
    client.gives(
        "(std::env::var_os(\"ONLY_OF_THE_SPARE_ONE\"), \
         std::env::var(\"NETLAB_BUILD_ROOT\").is_err())",
        "(None, true)",
    );
    // A new child has the same environment.
    let id = client.execute("std::process::exit(3)");
    client.fails(&id);
    client.gives("std::env::var_os(\"ONLY_OF_THE_SPARE_ONE\")", "None");

    let stop = client.command("shutdown_request", json!({ "restart": true }));
    client.control_reply(&stop, "shutdown_reply");
    assert_eq!(client.kernel.wait().unwrap().code(), Some(0));
    client.forget();
    nothing_is_left(home.path());
}

#[test]
fn of_two_kernels_one_gets_the_spare_one() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    let start = || {
        let mut client = Client::start_in(&home);
        let kernel = kernel_of(&mut client);
        let got = (kernel == waiting, kernel == client.kernel.id());
        terminate(client);
        got
    };
    let mut got = std::thread::scope(|scope| {
        let other = scope.spawn(start);
        [start(), other.join().unwrap()]
    });
    got.sort_unstable();
    assert_eq!(got, [(false, true), (true, false)]);
    nothing_is_left(home.path());
}

#[test]
fn spare_kernel_of_another_directory_is_left_and_ends_with_the_lab() {
    let (home, lab) = (home(), Lab::open());
    let directory = home.path().to_path_buf();
    let waiting = spare(home.path(), lab.0.id(), |kernel| {
        kernel.current_dir(&directory);
    });
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), client.kernel.id());
    assert_eq!(offers(home.path()), [waiting]);
    terminate(client);
    drop(lab);
    nothing_is_left(home.path());
}

#[test]
fn killed_spare_kernel_is_not_used_and_its_directory_collected() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    let pid = Pid::from_raw(waiting.cast_signed());
    kill(pid, Signal::SIGKILL).unwrap();
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), client.kernel.id());
    assert!(offers(home.path()).is_empty());
}

#[test]
fn spare_kernel_that_does_not_answer_is_ended_and_replaced() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    stop(waiting);
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), client.kernel.id());
    wait_for_the_end_of(waiting);
    assert!(offers(home.path()).is_empty());
    terminate(client);
    nothing_is_left(home.path());
}

/// Stops a process, so that it does nothing until it is killed.
fn stop(pid: u32) {
    let pid = pid.cast_signed();
    kill(Pid::from_raw(pid), Signal::SIGSTOP).unwrap();
    let threads = || {
        let process = procfs::process::Process::new(pid).unwrap();
        process.tasks().unwrap().map(|task| task.unwrap())
    };
    // Each thread stops when it is its turn.
    while threads().any(|thread| thread.stat().unwrap().state != 'T') {
        std::thread::yield_now();
    }
}

#[test]
fn spare_kernel_ends_when_a_file_changes_that_it_depends_on() {
    let (home, lab) = (home(), Lab::open());
    let config = home.path().join("config");
    for change in ["evcxr.toml", "new.rs"] {
        let waiting = spare(home.path(), lab.0.id(), |_| {});
        fs::write(config.join(change), "# changed\n").unwrap();
        wait_for_the_end_of(waiting);
        assert!(offers(home.path()).is_empty(), "{change}");
    }
    nothing_is_left(home.path());
}

#[test]
fn spare_kernel_is_not_used_after_a_change_that_it_has_not_seen() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    // It can't look at the files any more, nor can it be asked.
    stop(waiting);
    fs::write(home.path().join("config/new.rs"), "").unwrap();
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), client.kernel.id());
    assert_eq!(offers(home.path()), [waiting]);
    terminate(client);
    kill(Pid::from_raw(waiting.cast_signed()), Signal::SIGKILL).unwrap();
    wait_for_the_end_of(waiting);
}

#[test]
fn killed_launcher_takes_the_kernel_with_it() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    let mut client = Client::start_in(&home);
    assert_eq!(kernel_of(&mut client), waiting);
    client.kernel.kill().unwrap();
    client.kernel.wait().unwrap();
    client.forget();
    nothing_is_left(home.path());
}

#[test]
fn killed_kernel_ends_its_launcher() {
    let (home, lab) = (home(), Lab::open());
    let waiting = spare(home.path(), lab.0.id(), |_| {});
    let mut client = Client::start_in(&home);
    kill(Pid::from_raw(waiting.cast_signed()), Signal::SIGKILL).unwrap();
    assert_eq!(client.kernel.wait().unwrap().code(), Some(1));
    client.forget();
}
