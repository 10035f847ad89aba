//! Threads of the kernel do not handle the signals of a cell: a handler that
//! prints would wait for a lock that the thread under it holds.

// `pthread_sigmask(3)`.
#![allow(unsafe_code)]

/// Starts threads in `work` with all signals blocked.
pub(super) fn threads<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: all zeros is a valid set; both are filled before they are read.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let result = work();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        result
    }
}
