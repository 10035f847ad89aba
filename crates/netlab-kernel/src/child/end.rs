//! How the child ends.

// `kill(2)` of the child's own process group, and `_exit(2)`.
#![allow(unsafe_code)]

use std::ffi::c_int;

use super::{report, state};

/// Makes the child the leader of a process group of its own: what a cell sends
/// to "its group" must not reach the front end, and one call ends the child
/// together with whatever it forked.
pub(super) fn lead_group() {
    // SAFETY: no pointers are passed. Fails for a session leader, which leads
    // its group already.
    unsafe { libc::setpgid(0, 0) };
}

/// Ends this process and the whole group: the front end is gone.
pub(super) fn with_all_children() -> ! {
    // SAFETY: no pointers are passed; 0 means the group of the caller.
    unsafe { libc::kill(0, libc::SIGKILL) };
    quietly(0)
}

/// Sees to it that output which waits to be sent is not lost when a cell ends
/// the process by `exit(3)`.
pub(super) fn flush_at_exit() {
    extern "C" fn flush() {
        if state::active() {
            report::flush();
        }
    }
    // SAFETY: the function takes no arguments and does not unwind.
    unsafe { libc::atexit(flush) };
}

/// Interposed: the same for `_exit(2)`, which runs no exit handlers.
#[unsafe(no_mangle)]
extern "C" fn _exit(status: c_int) -> ! {
    if state::active() {
        report::flush();
    }
    loop {
        // SAFETY: the call ends the process and does not return.
        unsafe { libc::syscall(libc::SYS_exit_group, status) };
    }
}

/// Ends this process at once, without the exit handlers of any library: they
/// belong to the cells, and their threads still run.
pub(super) fn quietly(status: i32) -> ! {
    _exit(status)
}
