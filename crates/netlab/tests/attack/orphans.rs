//! Processes whose parent was killed: they come to us, so that we see them end.

use netlab::nix::sys::prctl;
use netlab::nix::sys::wait::{WaitPidFlag, waitpid};
use netlab::nix::unistd::{Pid, getpid};
use netlab::parking_lot::{Mutex, MutexGuard};
use procfs::process::all_processes;

static ALONE: Mutex<()> = Mutex::new(());

/// While it lives, this test is the only one that makes orphans.
pub(crate) struct Orphans {
    _alone: MutexGuard<'static, ()>,
}

impl Orphans {
    /// Adopts those who lose their parent: [`prctl(2)`] with
    /// `PR_SET_CHILD_SUBREAPER`. It stays so to the end of this process.
    ///
    /// [`prctl(2)`]: https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
    pub(crate) fn adopt() -> Self {
        let alone = ALONE.lock();
        prctl::set_child_subreaper(true).expect("prctl");
        Self { _alone: alone }
    }

    /// The orphans that we have, zombies included.
    pub(crate) fn ours(&self) -> Vec<Pid> {
        all_processes()
            .expect("read /proc")
            .flatten()
            .filter_map(|process| process.stat().ok())
            .filter(|stat| stat.ppid == getpid().as_raw())
            // Those whom we have started ourselves have our name.
            .filter(|stat| stat.comm.starts_with("netlab-"))
            .map(|stat| Pid::from_raw(stat.pid))
            .collect()
    }

    /// Reaps those who have ended; tells whether that was all.
    pub(crate) fn have_ended(&self) -> bool {
        for orphan in self.ours() {
            let _ = waitpid(orphan, Some(WaitPidFlag::WNOHANG));
        }
        self.ours().is_empty()
    }
}

impl Drop for Orphans {
    fn drop(&mut self) {
        self.have_ended();
    }
}
