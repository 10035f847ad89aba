//! The system allows no further process.
//!
//! The limit is that of a user, and the superuser has none. So the scenario is
//! played by a process that becomes a user whom nobody else is.

use std::fs;
use std::io::ErrorKind;

use netlab::nix::sys::resource::{Resource, getrlimit, setrlimit};
use netlab::nix::unistd::{Uid, geteuid, setuid};
use netlab::trace::{CloseReason, EventKind};

use crate::models::MODELS;
use crate::scenario::{
    child, connect, exchange, output, plays, rest, start, wait_for,
    wait_for_close,
};

const TEST: &str = "limits::server_lives_when_the_system_allows_no_process";

/// How many threads this process has: they count as well.
fn threads() -> u64 {
    fs::read_dir("/proc/self/task").expect("/proc").count() as u64
}

fn allow(more: u64) {
    let (_, hard) = getrlimit(Resource::RLIMIT_NPROC).expect("getrlimit");
    let limit = threads() + more;
    setrlimit(Resource::RLIMIT_NPROC, limit, hard).expect("setrlimit");
}

fn play() {
    setuid(Uid::from_raw(1_000_000 + std::process::id())).expect("setuid");

    // A thread, but no process for the server.
    allow(1);
    let listener = netlab::server::bind("127.0.0.1:0").expect("bind");
    let error = MODELS[0].1(listener, Default::default()).expect_err("fork");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    assert!(error.to_string().contains("ulimit -u"), "{error}");

    // A thread, the server process and one child.
    allow(3);
    let server = start(MODELS[0].1);
    let first = connect(server.addr());
    exchange(&first, b"ping", b"ping");
    assert_eq!(rest(&connect(server.addr())), "", "let go");
    wait_for(&server, |kind| {
        matches!(kind, EventKind::AcceptFailed { error }
            if error.starts_with("система не даёт ещё один процесс"))
    });
    exchange(&first, b"pong", b"pong");
    drop(first);
    wait_for_close(&server, CloseReason::EndOfStream);
    exchange(&connect(server.addr()), b"next", b"next");
    println!("played");
}

#[test]
fn server_lives_when_the_system_allows_no_process() {
    if plays("user") {
        return play();
    }
    if !geteuid().is_root() {
        eprintln!("not run: only the superuser can become another user");
        return;
    }
    assert!(output(child(TEST, "user")).contains("played"));
}
