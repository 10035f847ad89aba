//! What the interposed reads and writes do on descriptors 0, 1 and 2.

// Bytes of the callers of C functions.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::slice;

use libc::{iovec, ssize_t};

use super::{
    allocation, descriptors, hooks, input, interrupt, output, real, report,
    state,
};
use crate::channel::Stream;

thread_local! {
    static PRINTING: Cell<bool> = const { Cell::new(false) };
    static AFTER_STDERR: Cell<bool> = const { Cell::new(false) };
}

/// Whether what the calling thread printed last went to descriptor 2.
pub(super) fn follows_stderr() -> bool {
    AFTER_STDERR.get()
}

/// Whether `fd` is the number `standard` and the descriptor behind it is the
/// one that the cells were given; a cell may have put another one there.
pub(super) fn is_given(fd: c_int, standard: c_int) -> bool {
    fd == standard && state::active() && descriptors::is_ours(fd)
}

/// Passes what was written to the front end.
///
/// # Safety
///
/// `bytes` points to `length` bytes.
pub(super) unsafe fn print(
    fd: c_int,
    bytes: *const c_void,
    length: usize,
) -> ssize_t {
    // A loop that prints for ever ends here; the last words of a cell do not.
    if interrupt::cancels()
        && interrupt::grace_is_over()
        && hooks::installed()
        && !hooks::is_leaving()
    {
        interrupt::cancelled();
        real::set_errno(libc::ECANCELED);
        return -1;
    }
    if length > 0 {
        // SAFETY: see above.
        let bytes = unsafe { slice::from_raw_parts(bytes.cast(), length) };
        let stream = match fd {
            1 => Stream::Stdout,
            _ => Stream::Stderr,
        };
        if stream == Stream::Stderr && allocation::takes(bytes) {
            return length as ssize_t;
        }
        if PRINTING.replace(true) {
            // The streams are locked by what this handler interrupted.
            report::output_in_handler(stream, bytes);
        } else {
            output::print(stream, bytes);
            PRINTING.set(false);
            AFTER_STDERR.set(stream == Stream::Stderr);
        }
    }
    length as ssize_t
}

/// Waits for input of the user.
///
/// # Safety
///
/// `buffer` points to `length` initialised or writable bytes.
pub(super) unsafe fn ask(buffer: *mut c_void, length: usize) -> ssize_t {
    // No more than this at once: the buffer must be initialised for a slice.
    let length = length.min(8 * 1024);
    // SAFETY: see above; zeros first, so that the slice is of valid bytes.
    let buffer = unsafe {
        std::ptr::write_bytes(buffer.cast::<u8>(), 0, length);
        slice::from_raw_parts_mut(buffer.cast::<u8>(), length)
    };
    match input::read(buffer) {
        Ok(length) => length as ssize_t,
        Err(error) => {
            if error.raw_os_error() == Some(libc::ECANCELED) {
                interrupt::cancelled();
            }
            real::set_errno(error.raw_os_error().unwrap_or(libc::EIO));
            -1
        }
    }
}

/// The parts of `writev(2)` as one.
///
/// # Safety
///
/// `parts` points to `count` parts, each of them to its bytes.
pub(super) unsafe fn gathered(parts: *const iovec, count: c_int) -> Vec<u8> {
    let count = usize::try_from(count).unwrap_or(0);
    let mut whole = Vec::new();
    for at in 0..count {
        // SAFETY: see above.
        let part = unsafe { *parts.add(at) };
        if part.iov_len > 0 {
            // SAFETY: see above.
            whole.extend_from_slice(unsafe {
                slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len)
            });
        }
    }
    whole
}
