//! A process that is stopped and continued all the time: every read with a
//! timeout is interrupted by it, without any signal handler.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use netlab::client::{self, Outcome, Timeouts};
use netlab::nix::libc;
use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::Pid;
use netlab::server::Limits;
use netlab::trace::CloseReason;

use crate::scenario::{
    MODELS, WATCHDOG, child, connect, eventually, exchange, plays, rest,
    start_with, wait_for_close, watch,
};

/// The timeout that is meant to run out.
const SHORT: Duration = Duration::from_millis(200);

/// A timeout that is over only after the client was stopped, however busy the
/// machine is.
const LONGER: Duration = Duration::from_secs(2);

/// How long the process runs in between: many times in a timeout.
const PACE: Duration = Duration::from_millis(10);

#[test]
fn interrupted_read_does_not_stretch_its_timeout() {
    if plays("waits") {
        silent_clients_are_closed();
        silent_server_is_given_up();
        return;
    }
    let test = "interrupted::interrupted_read_does_not_stretch_its_timeout";
    let waits = child(test, "waits").spawn().expect("start a child");
    let pid = Pid::from_raw(waits.id().cast_signed());
    let (end, ended) = mpsc::channel();
    let reaper = thread::spawn(move || end.send(waits.wait_with_output()));
    let begin = Instant::now();
    let output = loop {
        if begin.elapsed() > 4 * WATCHDOG {
            let _ = kill(pid, Signal::SIGKILL);
        }
        signal_all(pid, Signal::SIGSTOP);
        thread::yield_now();
        signal_all(pid, Signal::SIGCONT);
        if let Ok(output) = ended.recv_timeout(PACE) {
            break output.expect("wait");
        }
    };
    reaper.join().expect("reaper").expect("told");
    succeeds(&output);
}

#[test]
fn answer_that_arrives_while_the_client_is_stopped_is_read() {
    if plays("asks") {
        let addr = std::env::var("ADDR").expect("address");
        let timeouts = Timeouts::new(WATCHDOG, LONGER, WATCHDOG);
        let asked = client::ask(addr, b"ping", timeouts).expect("ask");
        assert_eq!(asked, Outcome::Answered(b"pong".to_vec()));
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address").to_string();
    let test =
        "interrupted::answer_that_arrives_while_the_client_is_stopped_is_read";
    let asks = child(test, "asks")
        .env("ADDR", addr)
        .spawn()
        .expect("child");
    let pid = Pid::from_raw(asks.id().cast_signed());
    let (mut stream, _) = listener.accept().expect("accept");
    watch(&stream);
    exchange(&stream, b"", b"ping");
    eventually("it waits for the answer", || {
        let call = libc::SYS_recvfrom.to_string() + " ";
        tasks(pid).any(|task| told(&task, "syscall").starts_with(&call))
    });
    kill(pid, Signal::SIGSTOP).expect("stop");
    eventually("it is stopped", || {
        tasks(pid).all(|task| told(&task, "stat").contains(") T "))
    });
    let stopped = Instant::now();
    eventually("its time is over", || stopped.elapsed() > LONGER);
    stream.write_all(b"pong").expect("answer");
    kill(pid, Signal::SIGCONT).expect("continue");
    succeeds(&asks.wait_with_output().expect("wait"));
}

fn silent_clients_are_closed() {
    for (_, serve) in MODELS {
        let limits = Limits {
            read_timeout: Some(SHORT),
            ..Limits::default()
        };
        let server = start_with(serve, limits);
        assert_eq!(rest(&connect(server.addr())), "");
        wait_for_close(&server, CloseReason::ReadTimeout);
    }
}

fn silent_server_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = silent.local_addr().expect("address");
    for (read, total, outcome) in [
        (SHORT, None, Outcome::ReadTimeout),
        (WATCHDOG, Some(SHORT), Outcome::TotalTimeout),
    ] {
        let timeouts = Timeouts {
            read,
            total,
            ..Timeouts::default()
        };
        let asked = client::ask(addr, b"ping", timeouts).expect("ask");
        assert_eq!(asked, outcome);
    }
}

#[track_caller]
fn succeeds(process: &Output) {
    let said = String::from_utf8_lossy(&process.stderr);
    assert!(process.status.success(), "{}\n{said}", process.status);
}

/// Sends a signal to a process and to all below it.
fn signal_all(pid: Pid, signal: Signal) {
    let _ = kill(pid, signal);
    for task in tasks(pid) {
        let children = told(&task, "children");
        let numbers = children.split_whitespace().flat_map(str::parse);
        numbers.for_each(|child| signal_all(Pid::from_raw(child), signal));
    }
}

/// The threads of a process in `/proc`; none if it has ended.
fn tasks(pid: Pid) -> impl Iterator<Item = PathBuf> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    tasks
        .into_iter()
        .flatten()
        .flatten()
        .map(|task| task.path())
}

/// What `/proc` tells of a thread in this file; nothing if it has ended.
fn told(task: &Path, file: &str) -> String {
    fs::read_to_string(task.join(file)).unwrap_or_default()
}
