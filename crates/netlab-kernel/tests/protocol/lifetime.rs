//! The end of a kernel, however it comes.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::client::Client;
use crate::launch::{connection_file, kernel};

const WATCHDOG: Duration = Duration::from_secs(60);

/// Waits until nothing of this home is left in `/proc` and on the disk.
fn nothing_is_left(home: &std::path::Path) {
    let started = Instant::now();
    let build = home.join("build");
    loop {
        let directories = std::fs::read_dir(&build).map_or(0, Iterator::count);
        let processes = procfs::process::all_processes()
            .unwrap()
            .filter_map(|process| process.ok()?.environ().ok())
            .filter(|variables| {
                let config = std::ffi::OsStr::new("EVCXR_CONFIG_DIR");
                variables.get(config).is_some_and(|value| {
                    *value == *home.join("config").as_os_str()
                })
            })
            .count();
        if (directories, processes) == (0, 0) {
            return;
        }
        assert!(
            started.elapsed() < WATCHDOG,
            "{directories} directories and {processes} processes are left"
        );
        std::thread::yield_now();
    }
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
    assert!(client.kernel.wait().unwrap().success());
    client.forget();
    nothing_is_left(client.home.path());
}

#[test]
fn terminated_kernel_leaves_nothing_behind() {
    let mut client = Client::start();
    client.runs("let x = 1;");
    let pid = Pid::from_raw(client.kernel.id().cast_signed());
    kill(pid, Signal::SIGTERM).unwrap();
    client.kernel.wait().unwrap();
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
    let home = tempfile::tempdir().unwrap();
    let (file, _) = connection_file(home.path());
    let mut command = kernel(home.path());
    // The shell starts the kernel, says so and is killed.
    let program = command.get_program().to_owned();
    let variables: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = Command::new("sh");
    command
        .envs(variables)
        .args(["-c", "\"$0\" --connection-file \"$1\" & echo $!; wait"])
        .arg(program)
        .arg(&file)
        .stdout(Stdio::piped());
    let mut shell = command.spawn().unwrap();
    let mut said = [0; 1];
    shell
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut said)
        .unwrap();
    // Long enough alive to have a directory.
    let started = Instant::now();
    while std::fs::read_dir(home.path().join("build"))
        .map_or(0, Iterator::count)
        == 0
    {
        assert!(started.elapsed() < WATCHDOG, "the kernel does not start");
        std::thread::yield_now();
    }
    shell.kill().unwrap();
    shell.wait().unwrap();
    nothing_is_left(home.path());
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
