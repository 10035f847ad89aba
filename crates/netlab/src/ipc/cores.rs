//! Holding a thread on a core.
//!
//! When one side wakes the other, the scheduler puts it on the same core (a
//! switch, some microseconds) or on another one (which may have to be woken
//! from its sleep, and that takes longer). Which of them is a matter of the
//! moment, and the difference is larger than that between the mechanisms. So a
//! comparison must choose.

use std::marker::PhantomData;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The calling thread, for [`sched_setaffinity(2)`].
///
/// [`sched_setaffinity(2)`]: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
const THIS_THREAD: Pid = Pid::from_raw(0);

/// Holds the thread that made it on one core, until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    before: CpuSet,
    /// It must be dropped by the same thread.
    not_send: PhantomData<*const ()>,
}

/// Holds the calling thread on a core. Threads and processes that it makes
/// meanwhile are held there too, and stay there.
pub(super) fn hold(core: usize) -> nix::Result<Held> {
    let before = sched_getaffinity(THIS_THREAD)?;
    let mut only = CpuSet::new();
    only.set(core)?;
    sched_setaffinity(THIS_THREAD, &only)?;
    Ok(Held {
        before,
        not_send: PhantomData,
    })
}

impl Drop for Held {
    fn drop(&mut self) {
        // What was allowed before is allowed again, unless the system has
        // taken the cores away meanwhile; then it has chosen others itself.
        let _ = sched_setaffinity(THIS_THREAD, &self.before);
    }
}

/// The cores that the calling thread may use.
pub(super) fn allowed() -> Vec<usize> {
    let set = sched_getaffinity(THIS_THREAD).unwrap_or_default();
    (0..CpuSet::count())
        .filter(|core| set.is_set(*core) == Ok(true))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thread_is_held_and_let_go() -> nix::Result<()> {
        let before = allowed();
        let last = *before.last().expect("a thread runs somewhere");
        {
            let _held = hold(last)?;
            assert_eq!(allowed(), [last]);
        }
        assert_eq!(allowed(), before);
        Ok(())
    }
}
