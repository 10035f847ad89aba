//! The children of this process, as the system sees them.

use std::fs;
use std::thread;
use std::time::Instant;

use netlab::nix::unistd::Pid;

use crate::WATCHDOG;

/// The children of a process that have not been reaped.
pub(crate) fn children_of(parent: Pid) -> Vec<Pid> {
    let parent = parent.as_raw();
    let processes = fs::read_dir("/proc").expect("read /proc").flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| parent_of(*pid) == Some(parent))
        .map(Pid::from_raw)
        .collect()
}

/// The children and their children.
pub(crate) fn descendants_of(parent: Pid) -> Vec<Pid> {
    let children = children_of(parent);
    let more: Vec<Pid> = children
        .iter()
        .flat_map(|pid| descendants_of(*pid))
        .collect();
    [children, more].concat()
}

/// Whether a process is there and is no zombie.
pub(crate) fn runs(pid: Pid) -> bool {
    stat(pid.as_raw()).is_some_and(|(state, _)| state != "Z")
}

fn parent_of(pid: i32) -> Option<i32> {
    Some(stat(pid)?.1)
}

/// State and parent, from `/proc/PID/stat`.
fn stat(pid: i32) -> Option<(String, i32)> {
    // The process may end between the listing and the reading.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may contain anything, spaces included.
    let mut words = stat.rsplit_once(") ")?.1.split(' ');
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
}

/// Waits for something that announces itself by no event: the kernel's tables.
#[track_caller]
pub(crate) fn eventually<T>(
    what: &str,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + WATCHDOG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        thread::yield_now();
    }
}
