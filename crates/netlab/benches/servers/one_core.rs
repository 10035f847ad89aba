//! Keeps the servers and their loads on one core.
//!
//! On several cores a server and its load sleep and wake each other from core
//! to core, and what that costs depends on who falls asleep a microsecond
//! sooner: the same server was measured at 0.8 and at 1.1 of itself. On one core
//! nobody sleeps while there is work, and the ratio says what an echo costs.

use std::io;

use netlab::nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use netlab::nix::unistd::Pid;

/// Moves this process, and all that it will start, to the first core that it
/// may use: [`sched_setaffinity(2)`].
///
/// [`sched_setaffinity(2)`]: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
pub(crate) fn stay() -> io::Result<()> {
    let own = Pid::from_raw(0);
    let allowed = sched_getaffinity(own)?;
    let first = (0..CpuSet::count())
        .find(|&core| allowed.is_set(core).unwrap_or(false))
        .ok_or_else(|| io::Error::other("no core is allowed"))?;
    let mut one = CpuSet::new();
    one.set(first)?;
    Ok(sched_setaffinity(own, &one)?)
}
