//! What a child does with the descriptors that it has inherited.

use std::os::fd::RawFd;

use nix::libc;

/// Highest descriptor that is closed one by one where `close_range` is missing.
const HIGHEST: RawFd = 65_536;

/// Closes every descriptor except those in `kept`, and puts `null` in the place
/// of stdin, stdout and stderr: [`close_range(2)`], Linux 5.9.
///
/// A child of a notebook inherits the sockets of all its cells. As long as it
/// holds the client's end of a connection, closing that end in the notebook
/// closes nothing, and no server would ever see the end of the stream.
///
/// For a forked child only: in any other process the descriptors have owners.
/// Async-signal-safe.
///
/// [`close_range(2)`]: https://man7.org/linux/man-pages/man2/close_range.2.html
pub(crate) fn keep_only(kept: &mut [RawFd], null: RawFd) {
    kept.sort_unstable();
    for standard in 0..3 {
        if !kept.contains(&standard) {
            // SAFETY: takes two numbers; this process has no use for the
            // standard descriptors of its parent.
            unsafe { libc::dup2(null, standard) };
        }
    }
    let mut next = 3;
    for &mut fd in kept {
        close_between(next, fd);
        next = next.max(fd + 1);
    }
    close_between(next, RawFd::MAX);
}

/// Closes the descriptors from `first` up to, but without, `end`.
fn close_between(first: RawFd, end: RawFd) {
    if first >= end {
        return;
    }
    // SAFETY: the numbers are no pointers, and whoever owned these descriptors
    // does not exist in this process: the child runs its own code only.
    let closed = unsafe {
        libc::close_range(first as libc::c_uint, (end - 1) as libc::c_uint, 0)
    };
    if closed != 0 {
        for fd in first..end.min(HIGHEST) {
            // SAFETY: as above; a number that is not open gives EBADF.
            unsafe { libc::close(fd) };
        }
    }
}
