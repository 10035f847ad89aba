//! What the threads of a cell do that an interrupt does not end.

use std::fs;

use libc::{c_long, pid_t};

use crate::channel::Activity;

const ALL: [Activity; 3] = [
    Activity::Computes,
    Activity::WaitsForThread,
    Activity::WaitsForSystem,
];

/// How often the threads of a cell were found at each [`Activity`].
#[derive(Default)]
pub(super) struct Samples {
    found: [u32; ALL.len()],
    told: Option<Activity>,
}

impl Samples {
    /// Looks at the threads once. Gives what they were found at most often, if
    /// that is another one than before.
    ///
    /// One look is not enough: a computation takes a lock now and then, and
    /// what waits is woken by the signals of the interrupt.
    pub(super) fn take(&mut self, threads: &[pid_t]) -> Option<Activity> {
        let found = together(threads.iter().filter_map(|it| of(*it)))?;
        self.found[found as usize] += 1;
        let most = ALL.into_iter().max_by_key(|it| self.found[*it as usize]);
        (most != self.told).then(|| self.told = most)?;
        most
    }
}

/// What a cell does whose threads do this: as long as one computes, another
/// that waits may wait for it.
fn together(all: impl Iterator<Item = Activity>) -> Option<Activity> {
    all.min_by_key(|activity| match activity {
        Activity::Computes => 0,
        Activity::WaitsForSystem => 1,
        Activity::WaitsForThread => 2,
    })
}

/// What one thread does, see `proc_pid_syscall(5)`; none when it is gone, when
/// it waits outside of a call, or when the system does not tell.
fn of(thread: pid_t) -> Option<Activity> {
    let call = fs::read_to_string(format!("/proc/self/task/{thread}/syscall"));
    activity(&call.ok()?)
}

fn activity(call: &str) -> Option<Activity> {
    match call.split_whitespace().next()? {
        "running" => Some(Activity::Computes),
        number => match number.parse::<c_long>().ok()? {
            libc::SYS_futex => Some(Activity::WaitsForThread),
            0.. => Some(Activity::WaitsForSystem),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_is_told_by_the_call() {
        let futex = format!("{} 0x7f00 0x80 0x2 0x0\n", libc::SYS_futex);
        for (call, expected) in [
            ("running\n", Some(Activity::Computes)),
            (&futex, Some(Activity::WaitsForThread)),
            ("0 0x3 0x7f00\n", Some(Activity::WaitsForSystem)),
            ("-1 0x7ffe 0x7f00\n", None),
            ("", None),
        ] {
            assert_eq!(activity(call), expected, "{call}");
        }
    }

    #[test]
    fn thread_that_computes_may_be_what_the_others_wait_for() {
        use Activity::{Computes, WaitsForSystem, WaitsForThread};
        for (all, expected) in [
            (&[][..], None),
            (&[WaitsForThread, Computes], Some(Computes)),
            (&[WaitsForThread, WaitsForSystem], Some(WaitsForSystem)),
            (&[WaitsForThread, WaitsForThread], Some(WaitsForThread)),
        ] {
            assert_eq!(together(all.iter().copied()), expected);
        }
    }
}
