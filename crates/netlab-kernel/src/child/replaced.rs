//! Notices when a cell closes or replaces its 0, 1 or 2.
//!
//! Asking the kernel whether descriptor 1 is still the one given to the cells
//! costs three times what the rest of printing a line costs. So it is asked
//! only when one of these calls has been made since the last run.

// Definitions of C functions, which take what C takes.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_uint};
use std::sync::atomic::{AtomicBool, Ordering};

use super::real;

static MAYBE: AtomicBool = AtomicBool::new(false);

/// Whether one of the three may have been closed or replaced.
pub(super) fn maybe() -> bool {
    MAYBE.load(Ordering::Relaxed)
}

/// Says that the three are as they were given.
pub(super) fn restored() {
    MAYBE.store(false, Ordering::Relaxed);
}

fn note(descriptor: i64) {
    if descriptor <= 2 {
        MAYBE.store(true, Ordering::Relaxed);
    }
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn close(fd: c_int) -> c_int {
    note(fd.into());
    // SAFETY: the argument is the caller's own.
    unsafe { real::close(fd) }
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn close_range(
    first: c_uint,
    last: c_uint,
    flags: c_int,
) -> c_int {
    note(first.into());
    // SAFETY: the arguments are the caller's own.
    unsafe { real::close_range(first, last, flags) }
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn dup2(old: c_int, new: c_int) -> c_int {
    note(new.into());
    // SAFETY: the arguments are the caller's own.
    unsafe { real::dup2(old, new) }
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int {
    note(new.into());
    // SAFETY: the arguments are the caller's own.
    unsafe { real::dup3(old, new, flags) }
}
