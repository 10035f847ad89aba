//! What a kernel is started with.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jupyter_zmq_client::ConnectionInfo;
use serde_json::json;

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
    fs::write(config.join("evcxr.toml"), "[evcxr]\noffline_mode = true\n")
        .unwrap();
    let prelude = include_str!("../../src/child/cells/prelude.rs");
    fs::write(config.join("prelude.rs"), prelude).unwrap();
    let mut kernel = Command::new(env!("CARGO_BIN_EXE_netlab-kernel"));
    kernel
        .env("EVCXR_CONFIG_DIR", &config)
        .env("NETLAB_BUILD_ROOT", home.join("build"))
        .env_remove("NETLAB_BUILD_DIR")
        .env_remove("NETLAB_SEED")
        .env_remove("NETLAB_PRELOAD")
        .env_remove("EVCXR_TMPDIR")
        .env_remove("JPY_PARENT_PID")
        .stdin(Stdio::null());
    kernel
}
