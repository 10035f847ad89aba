//! Adopting the children of a child that has died.

use nix::sys::prctl;
use parking_lot::Mutex;

/// How many adoptions are in force, and what was set before the first one.
static ADOPTIONS: Mutex<(usize, bool)> = Mutex::new((0, false));

/// While it lives, orphans among the descendants of this process become its
/// children, so that it can reap them.
///
/// Corresponds to [`prctl(2)`] with `PR_SET_CHILD_SUBREAPER`. Without it they
/// would go to process 1, and in a container process 1 is often a program that
/// never heard of zombies.
///
/// It must begin before the parent of the orphans can die: they go to whoever
/// is there at that moment. Other orphans come here as well. Those of a leash
/// are reaped with it; one that nobody knows is a zombie, when it ends, as long
/// as this process lives.
///
/// [`prctl(2)`]: https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
#[derive(Debug)]
pub(crate) struct Adoption(());

impl Adoption {
    pub(crate) fn begin() -> Self {
        let mut adoptions = ADOPTIONS.lock();
        if adoptions.0 == 0 {
            adoptions.1 = prctl::get_child_subreaper().unwrap_or(false);
            // Linux 3.4; before that an orphan is simply not ours.
            let _ = prctl::set_child_subreaper(true);
        }
        adoptions.0 += 1;
        Self(())
    }
}

impl Drop for Adoption {
    fn drop(&mut self) {
        let mut adoptions = ADOPTIONS.lock();
        adoptions.0 -= 1;
        if adoptions.0 == 0 {
            let _ = prctl::set_child_subreaper(adoptions.1);
        }
    }
}
