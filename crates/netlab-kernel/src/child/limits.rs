//! The limits that a cell may set for itself (`setrlimit(2)`).

// `getrlimit(2)` and `setrlimit(2)`.
#![allow(unsafe_code)]

/// Lifts the limits that can keep the next cell from being loaded, as far as
/// they may be lifted. Returns whether there was one.
pub(super) fn lift() -> bool {
    let mut lifted = false;
    for which in [libc::RLIMIT_AS, libc::RLIMIT_DATA, libc::RLIMIT_NOFILE] {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the struct lives until the calls return.
        unsafe {
            libc::getrlimit(which, &mut limit);
            if limit.rlim_cur < limit.rlim_max {
                limit.rlim_cur = limit.rlim_max;
                lifted |= libc::setrlimit(which, &limit) == 0;
            }
        }
    }
    lifted
}
