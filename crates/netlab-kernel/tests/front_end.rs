//! The kernel as Jupyter and a person at a terminal start it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The only time constant: how long a real start of the kernel may take on a
/// busy machine before a test gives up.
const WATCHDOG: Duration = Duration::from_secs(60);

fn kernel() -> Command {
    let mut kernel = Command::new(env!("CARGO_BIN_EXE_netlab-kernel"));
    kernel
        .env_remove("NETLAB_BUILD_ROOT")
        .env_remove("NETLAB_BUILD_DIR")
        .env_remove("NETLAB_SEED")
        .env_remove("EVCXR_TMPDIR")
        .stdin(Stdio::null());
    kernel
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn missing_connection_file_is_one_line_with_the_next_step() {
    let output = kernel()
        .args(["--control_file", "/nowhere/kernel.json"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = said(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("/nowhere/kernel.json"), "{said}");
    assert!(said.contains("cargo lab"), "{said}");
}

#[test]
fn unknown_flag_is_refused_by_name() {
    let output = kernel().arg("--colour").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--colour"));
}

#[test]
fn start_without_arguments_says_what_is_missing() {
    let output = kernel().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--control_file"));
}

#[test]
fn seed_without_a_directory_names_the_command_that_gives_one() {
    let output = kernel().args(["seed", "--dep", ":dep x"]).output().unwrap();
    assert!(!output.status.success());
    assert!(said(&output).contains("cargo lab setup"));
}

#[test]
fn kernelspec_of_the_user_stays_as_it_is() {
    // evcxr_jupyter rewrites a kernelspec whose version is not its own, in
    // $JUPYTER_PATH or in the user's data directory.
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("share");
    let spec = data.join("jupyter/kernels/rust");
    fs::create_dir_all(&spec).unwrap();
    fs::write(spec.join("kernel.json"), "mine").unwrap();
    fs::write(spec.join("version.txt"), "0.0.1").unwrap();

    for jupyter_path in [None, Some(data.join("jupyter"))] {
        let build_root = tempfile::tempdir().unwrap();
        let mut command = kernel();
        command.env("NETLAB_BUILD_ROOT", build_root.path());
        command.env("XDG_DATA_HOME", &data);
        command.env_remove("JUPYTER_PATH");
        if let Some(path) = jupyter_path {
            command.env("JUPYTER_PATH", path);
        }
        let mut running = start(command, home.path());
        wait_for_first_cell(build_root.path(), &mut running);
        running.0.kill().unwrap();

        let kept = fs::read_to_string(spec.join("kernel.json")).unwrap();
        assert_eq!(kept, "mine");
    }
}

/// A kernel that is killed when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(mut command: Command, directory: &Path) -> Running {
    // All five at once, so that the system gives five different ones. Another
    // process may take one before the kernel does; then the start fails and
    // the watchdog says so.
    let ports: Vec<_> = (0..5)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .map(|l| (l.local_addr().unwrap().port(), l))
        .collect();
    let port = |n: usize| ports[n].0;
    let connection = format!(
        r#"{{"transport": "tcp", "ip": "127.0.0.1", "key": "k",
            "signature_scheme": "hmac-sha256", "shell_port": {},
            "iopub_port": {}, "stdin_port": {}, "control_port": {},
            "hb_port": {}}}"#,
        port(0),
        port(1),
        port(2),
        port(3),
        port(4)
    );
    let file = directory.join("connection.json");
    fs::write(&file, connection).unwrap();
    drop(ports);
    command
        .arg("--control_file")
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Running(command.spawn().unwrap())
}

/// Waits until evcxr compiles its first cell; by then the front end has long
/// looked for a kernelspec to rewrite.
fn wait_for_first_cell(build_root: &Path, running: &mut Running) {
    let started = Instant::now();
    loop {
        let compiles = fs::read_dir(build_root)
            .unwrap()
            .any(|dir| dir.unwrap().path().join("src/lib.rs").exists());
        if compiles {
            return;
        }
        let status = running.0.try_wait().unwrap();
        assert!(status.is_none(), "the kernel ended with {status:?}");
        assert!(started.elapsed() < WATCHDOG, "the kernel does not start");
        std::thread::yield_now();
    }
}
