//! The end of a kernel, however it comes.

use std::ffi::OsStr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::process::{PidfdFlags, pidfd_open};
use serde_json::json;

use crate::client::{Client, WATCHDOG};
use crate::launch::kernel;

/// Waits until a process has ended; it may have ended already.
pub(crate) fn wait_for_the_end_of(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    // Readable when the process has ended, see `pidfd_open(2)`.
    let mut ended = [PollFd::new(process.as_fd(), PollFlags::POLLIN)];
    let patience = PollTimeout::try_from(WATCHDOG).unwrap();
    let ready = poll(&mut ended, patience).unwrap();
    assert_eq!(ready, 1, "process {pid:?} goes on");
}

/// Waits for the end of a process that the test has started.
fn exit_code(process: &mut Child) -> Option<i32> {
    wait_for_the_end_of(process.id());
    process.wait().unwrap().code()
}

/// The processes of the kernel that was started with this home.
pub(crate) fn family(home: &Path) -> Vec<u32> {
    let config = home.join("config");
    procfs::process::all_processes()
        .unwrap()
        .filter_map(Result::ok)
        .filter(|process| {
            process.environ().is_ok_and(|variables| {
                variables.get(OsStr::new("EVCXR_CONFIG_DIR"))
                    == Some(&config.clone().into_os_string())
            })
        })
        .map(|process| process.pid.cast_unsigned())
        .collect()
}

/// Expects that all processes of this home end, and leave no directory.
pub(crate) fn nothing_is_left(home: &Path) {
    // What ends may have started another one at the last moment.
    for _ in 0..10 {
        family(home).into_iter().for_each(wait_for_the_end_of);
    }
    assert_eq!(family(home), [0; 0]);
    let left = std::fs::read_dir(home.join("build")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn shutdown_while_a_cell_runs_ends_everything() {
    let mut client = Client::start();
    let id =
        client.execute("println!(\"runs\"); loop { std::thread::park(); }");
    client.prints(&id, "stdout", "runs\n");
    let stop = client.command("shutdown_request", json!({ "restart": false }));
    let reply = client.control_reply(&stop, "shutdown_reply");
    assert_eq!(reply, json!({ "status": "ok", "restart": false }));
    assert_eq!(exit_code(&mut client.kernel), Some(0));
    client.forget();
    nothing_is_left(client.home.path());
}

#[test]
fn terminated_kernel_leaves_nothing_behind() {
    let mut client = Client::start();
    client.runs("let x = 1;");
    let pid = Pid::from_raw(client.kernel.id().cast_signed());
    kill(pid, Signal::SIGTERM).unwrap();
    assert_eq!(exit_code(&mut client.kernel), Some(0));
    client.forget();
    nothing_is_left(client.home.path());
}

#[test]
fn ctrl_c_interrupts_the_cell_and_not_the_kernel() {
    let mut client = Client::start();
    let id = client.execute(
        "println!(\"runs\"); std::thread::sleep(std::time::Duration::MAX);",
    );
    client.prints(&id, "stdout", "runs\n");
    let pid = Pid::from_raw(client.kernel.id().cast_signed());
    kill(pid, Signal::SIGINT).unwrap();
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    client.gives("1 + 1", "2");
}

#[test]
fn kernel_ends_with_the_process_that_started_it() {
    let mut client = Client::start_with(|kernel| {
        // The shell starts the kernel and is killed.
        let mut shell = Command::new("sh");
        shell.args(["-c", "\"$0\" \"$@\" & wait"]);
        shell.arg(kernel.get_program());
        for (name, value) in kernel.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        *kernel = shell;
    });
    client.runs("let x = 1;");
    client.kernel.kill().unwrap();
    assert_eq!(exit_code(&mut client.kernel), None);
    client.forget();
    nothing_is_left(client.home.path());
}

fn refused(file: &std::path::Path, home: &std::path::Path) -> String {
    let output = kernel(home)
        .arg("--connection-file")
        .arg(file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn second_kernel_on_the_same_file_is_refused() {
    let client = Client::start_without_waiting();
    let said = refused(&client.file, client.home.path());
    assert!(said.contains("shell"), "{said}");
    assert!(said.contains("another kernel"), "{said}");
}

#[test]
fn half_written_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("half.json");
    std::fs::write(&file, "{\"ip\": \"127").unwrap();
    assert!(refused(&file, home.path()).contains("half.json"));
    let missing = home.path().join("missing.json");
    assert!(refused(&missing, home.path()).contains("missing.json"));
}
