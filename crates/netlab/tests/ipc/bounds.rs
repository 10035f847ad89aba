//! Nothing hangs: not if the other side dies, not if it never answers.

use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use netlab::ipc::{Measured, Mechanism};
use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::{Pid, getpid};

use crate::processes::{children_of, descendants_of, eventually};
use crate::work::{long_work, with_processes};
use crate::{WATCHDOG, turn};

/// Starts the work in a thread. It lives as long as the work: the children
/// would die with it.
fn start(mechanism: Mechanism) -> Work {
    let (sender, result) = mpsc::channel();
    let thread = thread::spawn(move || drop(sender.send(long_work(mechanism))));
    Work { thread, result }
}

/// Work in a thread, and where its result comes out.
#[derive(Debug)]
struct Work {
    thread: JoinHandle<()>,
    result: Receiver<io::Result<Measured>>,
}

/// Kills the process that `find` finds in the middle of the work; returns its
/// id and what the work has said.
fn kill_in_the_middle(
    mechanism: Mechanism,
    find: impl Fn() -> Option<Pid>,
) -> (Pid, io::Error) {
    // The work may be done before it is disturbed; then once more.
    for _ in 0..20 {
        let work = start(mechanism);
        let victim = eventually("a child or the end", || {
            let found = find().map(Some);
            found.or_else(|| work.thread.is_finished().then_some(None))
        });
        let killed = Instant::now();
        let hit = victim.filter(|pid| kill(*pid, Signal::SIGKILL).is_ok());
        let end = work.result.recv_timeout(WATCHDOG).expect("no hang");
        assert_eq!(children_of(getpid()), [], "{mechanism}");
        if let (Some(victim), Err(error)) = (hit, end) {
            // Far from the ten seconds after which it would give up.
            assert!(killed.elapsed() < Duration::from_secs(5), "{mechanism}");
            return (victim, error);
        }
    }
    panic!("{mechanism}: always done before it could be disturbed");
}

#[test]
fn dead_child_ends_the_work_at_once_and_is_named() {
    let _turn = turn();
    for mechanism in with_processes() {
        let child = || children_of(getpid()).pop();
        let (child, error) = kill_in_the_middle(mechanism, child);
        let text = error.to_string();
        assert!(text.contains(&child.to_string()), "{mechanism}: {text}");
        assert!(text.contains("SIGKILL"), "{mechanism}: {text}");
    }
}

#[test]
fn dead_grandchild_ends_the_exchange_of_signals() {
    let _turn = turn();
    let signals = with_processes().find(|it| it.term == "signal");
    let grandchild = || {
        let child = *children_of(getpid()).first()?;
        children_of(child).pop()
    };
    let signals = signals.expect("in the table");
    let (grandchild, error) = kill_in_the_middle(signals, grandchild);
    let text = error.to_string();
    assert!(text.contains(&grandchild.to_string()), "{text}");
}

#[test]
fn stopped_child_ends_the_work_after_ten_seconds() {
    let _turn = turn();
    // All at once: ten seconds for each would be too long for a test.
    let mut works: Vec<_> =
        with_processes().map(|it| (it, start(it))).collect();
    let deadline = Instant::now() + WATCHDOG;
    let mut stopped: Vec<Pid> = Vec::new();
    while !works.is_empty() {
        assert!(Instant::now() < deadline, "hangs: {works:?}");
        for pid in descendants_of(getpid()) {
            if !stopped.contains(&pid) {
                // It may have ended meanwhile.
                let _ = kill(pid, Signal::SIGSTOP);
                stopped.push(pid);
            }
        }
        works.retain(|(mechanism, work)| match work.result.try_recv() {
            // Signals: a stopped grandchild is noticed at once. The others
            // may have been done before they were stopped.
            Ok(result) => {
                if let Err(error) = result {
                    let known =
                        [io::ErrorKind::TimedOut, io::ErrorKind::BrokenPipe];
                    assert!(known.contains(&error.kind()), "{mechanism}");
                }
                false
            }
            Err(mpsc::TryRecvError::Empty) => true,
            Err(mpsc::TryRecvError::Disconnected) => panic!("{mechanism}"),
        });
        thread::yield_now();
    }
    assert!(!stopped.is_empty());
    assert_eq!(children_of(getpid()), []);
}
