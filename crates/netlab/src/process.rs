//! Child processes that cannot run away.
//!
//! [`fork(2)`] returns twice, and in a notebook that is once too often: the
//! child is a second kernel that reads the same commands and answers the same
//! cells. Whatever this module forks, or guards while a cell forks it, never
//! comes back into the caller, ends in time, dies with its parent and is
//! reaped.
//!
//! - [`in_child`] runs a closure in a child process.
//! - [`leash()`] guards a cell that calls `fork` itself.
//! - [`tree()`] shows who is whose child, and which of them are zombies.
//!
//! This module and `ipc::shared_memory` are the only ones with `unsafe` code.
//!
//! # What a forked child may do
//!
//! Only the thread that called `fork` exists in the child. A lock that another
//! thread held at that moment stays locked there for ever, so after `fork` in a
//! process with several threads only [async-signal-safe] calls are allowed:
//! `read`, `write`, `accept`, `_exit` and so on. glibc keeps `malloc` usable;
//! the locks of everything else, `println!` included, are a matter of luck.
//! Good luck is likely, and bad luck is bounded here: the alarm ends a child
//! that hangs.
//!
//! [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
//! [async-signal-safe]: https://man7.org/linux/man-pages/man7/signal-safety.7.html

#![allow(unsafe_code)] // `fork` is unsafe: see above for what its child may do.

mod child;
mod descriptors;
mod fork;
mod heap;
mod leash;
mod lifeline;
mod message;
mod orphans;
mod tree;
mod wait;

pub(crate) use descriptors::keep_only;
pub(crate) use fork::{
    Birth, default_action, fork_again, fork_off, set_name, unprepared,
};
pub(crate) use heap::give_memory_back;
pub(crate) use lifeline::{GroupEnd, Lifeline, lifeline};
pub(crate) use orphans::Adoption;
pub(crate) use wait::{
    has_child_in, is_child, open_pidfd, reap_one_of, status_in_words,
};

pub use child::{ChildProcess, in_child};
pub use fork::refused;
pub use leash::{Leash, leash};
pub use tree::{ProcessInfo, ProcessTree, tree};

use nix::libc;

/// Exit code of a child that left its branch instead of ending there.
pub(crate) const LEFT_ITS_BRANCH: i32 = 70;

/// Ends the calling process at once.
///
/// Corresponds to [`_exit(2)`]: no destructor runs, no buffer is flushed, no
/// `atexit` function is called. That is what a forked child needs: all of these
/// are copies of its parent's, and the parent will run them as well.
/// [`std::process::exit`] would run them twice.
///
/// `code` is what the parent gets from `waitpid`; the system keeps 8 bits of
/// it.
///
/// [`_exit(2)`]: https://man7.org/linux/man-pages/man2/_exit.2.html
///
/// # Examples
///
/// ```
/// use netlab::process;
/// use std::time::Duration;
///
/// let child = process::in_child(Duration::from_secs(5), || process::exit_now(3))?;
/// let error = child.wait().unwrap_err();
/// assert!(error.to_string().contains("с кодом 3"), "{error}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` takes any number and touches no memory of ours.
    unsafe { libc::_exit(code) }
}
