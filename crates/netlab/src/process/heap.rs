//! The heap of a process after a crowd.

use nix::libc;

/// Gives memory that nobody uses any more back to the system.
///
/// Corresponds to [`malloc_trim(3)`] of glibc. `free` keeps memory for the next
/// `malloc`: what many threads have used at the same time would stay with the
/// process for ever. Looks at the whole heap, which takes milliseconds; not
/// async-signal-safe.
///
/// [`malloc_trim(3)`]: https://man7.org/linux/man-pages/man3/malloc_trim.3.html
pub(crate) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes a number, locks the heap itself, and touches only memory
    // that is free.
    unsafe {
        libc::malloc_trim(0)
    };
}
