//! The call of the C library that failed last in the thread that runs the
//! cells: when `?` hands its error out of a cell, nobody else knows any more
//! in which function of which cell it was made.

use std::cell::Cell;
use std::ffi::c_int;

use super::{backtrace, real, state};
use crate::channel::FailedCall;

/// How many callers are kept.
const DEPTH: usize = 32;

#[derive(Clone, Copy)]
struct Failed {
    name: &'static str,
    errno: c_int,
    callers: [usize; DEPTH],
    depth: usize,
}

thread_local! {
    // Constant and without a destructor: a signal handler may make a call.
    static LAST: Cell<Option<Failed>> = const { Cell::new(None) };
}

/// Keeps a failed call of the calling thread in mind; `errno` stays. `waits`
/// tells whether the call can wait: then it has come to its timeout, and would
/// else only have said that there is nothing yet.
pub(super) fn note(name: &'static str, waits: impl FnOnce() -> bool) {
    if !state::is_main() {
        return;
    }
    let errno = real::errno();
    let is_news = match errno {
        libc::EINTR | libc::EINPROGRESS => false,
        libc::EAGAIN => waits(),
        _ => true,
    };
    if is_news {
        let mut callers = [0; DEPTH];
        let depth = backtrace::callers(&mut callers);
        LAST.set(Some(Failed {
            name,
            errno,
            callers,
            depth,
        }));
    }
    real::set_errno(errno);
}

/// Forgets it: another cell begins.
pub(super) fn forget() {
    LAST.set(None);
}

/// The last failed call of the calling thread, if an error that says this of
/// itself came from it.
pub(super) fn behind(text: &str) -> Option<FailedCall> {
    let failed = LAST.get().filter(|failed| names(text, failed.errno))?;
    Some(FailedCall {
        name: failed.name.to_owned(),
        functions: backtrace::in_cells(&failed.callers[..failed.depth]),
    })
}

/// Whether an error says that it has this number: `(os error 98)` for people,
/// `Os { code: 98, …` in its debug form.
pub(super) fn names(text: &str, errno: c_int) -> bool {
    text.contains(&format!("(os error {errno})"))
        || text.contains(&format!("Os {{ code: {errno},"))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn errors_are_known_by_their_number() {
        assert!(names("Address already in use (os error 98)", 98));
        assert!(names("Os { code: 98, kind: AddrInUse, message: \"\" }", 98));
        assert!(!names("Connection refused (os error 111)", 11));
        assert!(!names("Os { code: 111, kind: ConnectionRefused }", 11));
    }
}
