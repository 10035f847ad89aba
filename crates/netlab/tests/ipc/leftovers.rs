//! What is left behind: nothing, however it ends.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use netlab::ipc::{MECHANISMS, compare, unix};
use netlab::nix::errno::Errno;
use netlab::nix::mqueue::mq_unlink;
use netlab::nix::sched::{CpuSet, sched_getaffinity};
use netlab::nix::sys::signal::Signal;
use netlab::nix::unistd::{Pid, getpid};

use crate::processes::{children_of, descendants_of, eventually, runs};
use crate::roles::{copy, plays};
use crate::turn;
use crate::work::{long_work, with_processes};

/// The names in a directory that are ours.
fn names(directory: &Path, pid: Pid) -> Vec<String> {
    let prefix = format!("netlab-ipc-{pid}-");
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(&prefix))
        .collect()
}

/// Everything with a name that a process may have left in the system.
fn named(pid: Pid) -> Vec<String> {
    let mut found = names(&env::temp_dir(), pid);
    found.extend(names(Path::new("/dev/shm"), pid));
    // Queues need not be visible anywhere. Their names are numbers in a row.
    for number in 0..1000 {
        let name = format!("/netlab-ipc-{pid}-{number}");
        match mq_unlink(name.as_str()) {
            Err(Errno::ENOENT | Errno::ENOSYS) => {}
            other => found.push(format!("{name}: {other:?}")),
        }
    }
    found
}

/// The open descriptors, by number.
fn descriptors() -> BTreeSet<String> {
    let listing = fs::read_dir("/proc/self/fd").expect("read /proc");
    listing
        .flatten()
        // The listing itself has one, which is closed by now.
        .filter_map(|entry| {
            fs::read_link(entry.path()).map(|to| (entry, to)).ok()
        })
        .map(|(entry, to)| format!("{:?} {to:?}", entry.file_name()))
        .collect()
}

fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").expect("read /proc");
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
        .collect()
}

fn mapped() -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("read /proc");
    maps.contains("netlab-ipc")
}

fn affinity() -> CpuSet {
    sched_getaffinity(Pid::from_raw(0)).expect("affinity")
}

#[track_caller]
fn nothing_is_left(before: &BTreeSet<String>, what: &str) {
    assert_eq!(children_of(getpid()), [], "{what}");
    assert_eq!(named(getpid()), [""; 0], "{what}");
    assert_eq!(&descriptors(), before, "{what}");
    assert!(!mapped(), "{what}");
    // A thread that has been joined is listed for another moment.
    eventually("the thread is gone", || {
        let left = threads().iter().any(|name| name.starts_with("netlab-ipc"));
        (!left).then_some(())
    });
}

#[test]
fn nothing_is_left_after_a_success_or_an_error() {
    let _turn = turn();
    let before = descriptors();
    for mechanism in MECHANISMS {
        mechanism.ping_pong(20).expect(mechanism.name);
        nothing_is_left(&before, mechanism.name);
        let _ = mechanism.stream(100_000);
        nothing_is_left(&before, mechanism.name);
        mechanism.ping_pong(0).expect_err("refused");
        nothing_is_left(&before, mechanism.name);
    }
    drop(unix::by_path().expect("by path"));
    nothing_is_left(&before, "by path");
}

#[test]
fn comparison_leaves_nothing_and_lets_the_thread_go() {
    let _turn = turn();
    let (before, cores) = (descriptors(), affinity());
    drop(compare());
    nothing_is_left(&before, "compare");
    assert_eq!(affinity(), cores);
}

const KILLED: &str = "leftovers::killed_process_leaves_nothing";

#[test]
fn killed_process_leaves_nothing() {
    if let Some(mechanism) = MECHANISMS.into_iter().find(|it| plays(it.term)) {
        long_work(mechanism).expect(mechanism.name);
        return;
    }
    let _turn = turn();
    for mechanism in with_processes() {
        // The work may be done before it is disturbed; then once more.
        let killed = (0..20).any(|_| {
            let mut copy = copy(KILLED, mechanism.term);
            let mut copy = copy.spawn().expect("start a copy");
            let pid = Pid::from_raw(copy.id() as i32);
            // When there is a child, the names are gone: they are removed
            // before the fork.
            let descendants = eventually("a child or the end", || {
                let found = descendants_of(pid);
                let over = copy.try_wait().expect("look").is_some();
                (over || !found.is_empty()).then_some(found)
            });
            copy.kill().expect("kill");
            let status = copy.wait().expect("reap");
            eventually("no descendant is left", || {
                let left = descendants.iter().any(|pid| runs(*pid));
                (!left).then_some(())
            });
            assert_eq!(named(pid), [""; 0], "{mechanism}");
            status.signal() == Some(Signal::SIGKILL as i32)
        });
        assert!(killed, "{mechanism}: always done before it was killed");
    }
}
