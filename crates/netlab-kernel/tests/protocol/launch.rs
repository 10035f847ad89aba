//! What a kernel is started with.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jupyter_zmq_client::ConnectionInfo;
use serde_json::json;

/// How long a process may take to start on a busy machine.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Five ports that were free a moment ago, in a connection file.
pub(crate) fn connection_file(home: &Path) -> (PathBuf, ConnectionInfo) {
    // All at once, so that the system gives five different ones.
    let listeners: Vec<TcpListener> = (0..5)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |n: usize| listeners[n].local_addr().unwrap().port();
    let text = json!({
        "transport": "tcp", "ip": "127.0.0.1", "key": "secret",
        "signature_scheme": "hmac-sha256", "shell_port": port(0),
        "iopub_port": port(1), "stdin_port": port(2),
        "control_port": port(3), "hb_port": port(4),
    });
    let file = home.join("connection.json");
    fs::write(&file, text.to_string()).unwrap();
    (file, serde_json::from_value(text).unwrap())
}

/// The kernel with an environment of its own.
pub(crate) fn kernel(home: &Path) -> Command {
    let config = home.join("config");
    fs::create_dir_all(&config).unwrap();
    // A spare kernel does not fit a configuration that is newer than it.
    if let Ok(mut file) = fs::File::create_new(config.join("evcxr.toml")) {
        file.write_all(b"[evcxr]\noffline_mode = true\n").unwrap();
    }
    let mut kernel = Command::new(env!("CARGO_BIN_EXE_netlab-kernel"));
    kernel
        .env("EVCXR_CONFIG_DIR", &config)
        .env("NETLAB_BUILD_ROOT", home.join("build"))
        .env_remove("NETLAB_BUILD_DIR")
        .env_remove("NETLAB_SPARES")
        .env_remove("NETLAB_SPARE_FIT")
        .env_remove("NETLAB_SEED")
        .env_remove("NETLAB_PRELOAD")
        .env_remove("EVCXR_TMPDIR")
        .env_remove("JPY_PARENT_PID")
        .env_remove("JPY_SESSION_NAME")
        // Of the cargo that runs the tests: a cell would load the helper crate
        // of a test build in the place of its own.
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::null());
    kernel
}

/// Starts a spare kernel that ends with the process `lab`; gives its process
/// when it can be used.
pub(crate) fn spare(
    home: &Path,
    lab: u32,
    change: impl Fn(&mut Command),
) -> u32 {
    let mut spare = kernel(home);
    change(&mut spare);
    let started = spare
        .env("NETLAB_SPARES", "1")
        .args(["spare", "--lab", &lab.to_string()])
        .status();
    assert!(started.unwrap().success());
    let started = Instant::now();
    loop {
        if let [pid] = offers(home)[..] {
            return pid;
        }
        assert!(started.elapsed() < WATCHDOG, "no spare kernel");
        std::thread::yield_now();
    }
}

/// The spare kernels that wait to be used.
pub(crate) fn offers(home: &Path) -> Vec<u32> {
    let directories = fs::read_dir(home.join("build")).into_iter().flatten();
    directories
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("spare.json").is_file())
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.split('-').nth(1)?.parse().ok()
        })
        .collect()
}
