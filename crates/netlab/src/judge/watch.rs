//! How long the function of a student may take, and what it waits for.

use std::fs;
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use procfs::process::Process;

use crate::guard::syscall_name;

/// How long a function may take for one case.
pub(super) const LIMIT: Duration = Duration::from_secs(4);

/// How long it may take on a machine that gives it no time.
pub(super) const HARD_LIMIT: Duration = Duration::from_secs(40);

/// How much of a processor it gets before it is called a loop.
const ENOUGH: Duration = Duration::from_secs(2);

/// How long it is waited for a function that gets no time to run.
const ROUND: Duration = Duration::from_millis(500);

/// Looks at the process of a function, and at the clock.
///
/// The limit holds for a function that waits, or has had time to run. One that
/// could run and is kept from it by a busy machine has done nothing wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    pid: Pid,
    begun: Instant,
}

impl Watch {
    pub(super) fn begin(pid: Pid) -> Self {
        Self {
            pid,
            begun: Instant::now(),
        }
    }

    /// How long it is waited from now on; `None` when the time is over.
    pub(super) fn left(self) -> Option<Duration> {
        let passed = self.begun.elapsed();
        match LIMIT.checked_sub(passed) {
            Some(left) if !left.is_zero() => Some(left),
            _ if passed < HARD_LIMIT && self.is_starved() => Some(ROUND),
            _ => None,
        }
    }

    /// Whether the process has ended and waits for being reaped.
    pub(super) fn is_over(self) -> bool {
        let stat = Process::new(self.pid.as_raw()).and_then(|it| it.stat());
        stat.is_ok_and(|stat| stat.state == 'Z')
    }

    /// Whether none of its threads waits for anything.
    pub(super) fn computes(self) -> bool {
        let waits = self.threads().any(|call| call.is_some());
        !waits
    }

    /// The system calls in which its threads wait, without doubles.
    pub(super) fn calls(self) -> Vec<&'static str> {
        let waiting = self.threads().flatten();
        let mut calls: Vec<_> = waiting.filter_map(syscall_name).collect();
        calls.sort_unstable();
        calls.dedup();
        calls
    }

    /// Whether it could run and did not get the time to.
    fn is_starved(self) -> bool {
        let Ok(stat) = Process::new(self.pid.as_raw()).and_then(|it| it.stat())
        else {
            return false;
        };
        let ticks = (stat.utime + stat.stime) as f64;
        let used = ticks / procfs::ticks_per_second() as f64;
        let can_run = self.threads().any(|call| call.is_none());
        can_run && used < ENOUGH.as_secs_f64()
    }

    /// For each thread the number of the system call in which it waits; `None`
    /// for one that runs, or could.
    fn threads(self) -> impl Iterator<Item = Option<i64>> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid));
        tasks.into_iter().flatten().flatten().filter_map(|task| {
            let file = task.path().join("syscall");
            let line = fs::read_to_string(file).ok()?;
            Some(line.split(' ').next()?.trim().parse().ok())
        })
    }
}
