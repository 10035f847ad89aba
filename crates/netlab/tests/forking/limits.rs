//! The system allows no further process, or no further descriptor.
//!
//! The limit on processes is that of a user, and the superuser has none. So the
//! scenario is played by a process that becomes a user whom nobody else is.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use netlab::nix::sys::resource::{Resource, getrlimit, setrlimit};
use netlab::nix::unistd::{Uid, geteuid, setuid};
use netlab::trace::{CloseReason, Event, EventKind};
use procfs::process::Process;
use rustix::process::{self, Pid, Resource as Limited, Rlimit};

use crate::models::MODELS;
use crate::scenario::{
    WATCHDOG, child, connect, exchange, output, plays, rest, start, wait_for,
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

/// How long a client waits in vain for a server that has no descriptor.
const IN_VAIN: Duration = Duration::from_millis(500);

/// How many descriptors a process may have from now on.
fn allow_descriptors(pid: i32, most: u64) {
    let limit = Rlimit {
        current: Some(most),
        ..process::getrlimit(Limited::Nofile)
    };
    let pid = Pid::from_raw(pid);
    process::prlimit(pid, Limited::Nofile, limit).expect("prlimit");
}

/// The processor time of a process, in ticks of ten milliseconds.
fn processor_time(pid: i32) -> u64 {
    let process = Process::new(pid).expect("/proc");
    let stat = process.stat().expect("/proc/PID/stat");
    stat.utime + stat.stime
}

#[test]
fn server_process_without_descriptors_does_not_spin_and_recovers() {
    let server = start(MODELS[0].1);
    let pid = server.pid().expect("pid").as_raw();
    allow_descriptors(pid, 3);
    let mut client = connect(server.addr());
    client.write_all(b"ping").expect("send");
    let failed = |kind: &EventKind| {
        matches!(kind, EventKind::AcceptFailed { error }
            if error.starts_with("у процесса кончились дескрипторы"))
    };
    wait_for(&server, failed);

    let before = processor_time(pid);
    client.set_read_timeout(Some(IN_VAIN)).expect("timeout");
    let error = loop {
        let error = client.read(&mut [0; 4]).expect_err("nobody can accept");
        // A signal that another test is about may come to this thread.
        if error.kind() != ErrorKind::Interrupted {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    let used = processor_time(pid) - before;
    assert!(used < 10, "{used} ticks of processor time in {IN_VAIN:?}");
    let log = server.log();
    let failures = log.events().iter().filter(|e: &&Event| failed(&e.kind));
    assert_eq!(
        failures.count(),
        1,
        "a row of failures is one event:\n{log}"
    );

    allow_descriptors(pid, 64);
    client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
    exchange(&client, b"", b"ping");

    // And once more, for the way out: no descriptor, and stop.
    allow_descriptors(pid, 3);
    let waiting = connect(server.addr());
    server.stop().expect("stop");
    drop(waiting);
}
