//! The interposed calls that can block.
//!
//! Each does what the C library does. Only in a thread of a cell that is being
//! interrupted does it fail with `ECANCELED` instead of waiting. `epoll_wait`
//! is left alone on purpose: tokio's driver panics on an error there. So is
//! everything that never waits: regular files, non-blocking descriptors.

// Definitions of C functions, which take what C takes.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};

use libc::{
    clockid_t, fd_set, idtype_t, iovec, msghdr, nfds_t, pid_t, pollfd, rusage,
    siginfo_t, sigset_t, size_t, sockaddr, socklen_t, ssize_t, timespec,
    timeval,
};

use super::interrupt::{self, cancels, grace_is_over};
use super::{failed_call, print, real, state};

/// Defines functions that return -1 and set `errno` when they fail. After
/// `if` stands whether the call can wait at all, asked only in an interrupt.
macro_rules! calls {
    ($(fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty,
        if $waits:expr;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($arg: $type),*) -> $result {
            if !state::active() || state::birth_cell() == 0 {
                // SAFETY: the arguments are the caller's own.
                return unsafe { real::$name($($arg),*) };
            }
            if cancels() && $waits {
                return cancelled() as $result;
            }
            // SAFETY: as above.
            let result = unsafe { real::$name($($arg),*) };
            checked(stringify!($name), result as isize, || $waits) as $result
        }
    )*};
}

calls! {
    fn accept(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int,
        if blocks(fd) || grace_is_over();
    fn accept4(fd: c_int, address: *mut sockaddr, length: *mut socklen_t, flags: c_int) -> c_int,
        if blocks(fd) || grace_is_over();
    fn connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int,
        if blocks(fd);
    fn nanosleep(time: *const timespec, left: *mut timespec) -> c_int,
        if true;
    fn poll(fds: *mut pollfd, count: nfds_t, timeout: c_int) -> c_int,
        if timeout != 0;
    fn ppoll(fds: *mut pollfd, count: nfds_t, timeout: *const timespec, mask: *const sigset_t) -> c_int,
        if true;
    fn recv(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t,
        if blocks(fd) && waits(flags);
    fn recvfrom(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int, address: *mut sockaddr, address_length: *mut socklen_t) -> ssize_t,
        if blocks(fd) && waits(flags);
    fn recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> ssize_t,
        if blocks(fd) && waits(flags);
    fn select(count: c_int, read: *mut fd_set, write: *mut fd_set, except: *mut fd_set, timeout: *mut timeval) -> c_int,
        if true;
    fn send(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int) -> ssize_t,
        if grace_is_over() && blocks(fd) && waits(flags);
    fn sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> ssize_t,
        if grace_is_over() && blocks(fd) && waits(flags);
    fn sendto(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int, address: *const sockaddr, address_length: socklen_t) -> ssize_t,
        if grace_is_over() && blocks(fd) && waits(flags);
    fn wait4(pid: pid_t, status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t,
        if options & libc::WNOHANG == 0;
    fn waitid(kind: idtype_t, id: libc::id_t, info: *mut siginfo_t, options: c_int) -> c_int,
        if options & libc::WNOHANG == 0;
    fn waitpid(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t,
        if options & libc::WNOHANG == 0;
}

/// Interposed; returns the error instead of setting `errno`.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    time: *const timespec,
    left: *mut timespec,
) -> c_int {
    let ours = state::active() && state::birth_cell() != 0;
    if ours && cancels() {
        cancelled();
        return libc::ECANCELED;
    }
    // SAFETY: the arguments are the caller's own.
    let error = unsafe { real::clock_nanosleep(clock, flags, time, left) };
    if ours && error == libc::EINTR && cancels() {
        cancelled();
        return libc::ECANCELED;
    }
    error
}

/// Interposed: descriptor 0 asks the user.
#[unsafe(no_mangle)]
unsafe extern "C" fn read(
    fd: c_int,
    buffer: *mut c_void,
    length: size_t,
) -> ssize_t {
    if print::is_given(fd, 0) && !buffer.is_null() && length > 0 {
        // SAFETY: the caller owns that many bytes.
        return unsafe { print::ask(buffer, length) };
    }
    if !state::active() || state::birth_cell() == 0 {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::read(fd, buffer, length) };
    }
    if cancels() && blocks(fd) {
        return cancelled();
    }
    // SAFETY: as above.
    let result = unsafe { real::read(fd, buffer, length) };
    checked("read", result, || blocks(fd))
}

/// Interposed: descriptor 0 asks the user.
#[unsafe(no_mangle)]
unsafe extern "C" fn readv(
    fd: c_int,
    parts: *const iovec,
    count: c_int,
) -> ssize_t {
    if print::is_given(fd, 0) && count > 0 {
        // SAFETY: `parts` has at least one entry, and a short read is allowed.
        return unsafe {
            let first = *parts;
            read(fd, first.iov_base, first.iov_len)
        };
    }
    if !state::active() || state::birth_cell() == 0 {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::readv(fd, parts, count) };
    }
    if cancels() && blocks(fd) {
        return cancelled();
    }
    // SAFETY: as above.
    let result = unsafe { real::readv(fd, parts, count) };
    checked("readv", result, || blocks(fd))
}

/// Interposed: descriptors 1 and 2 go to the front end.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(
    fd: c_int,
    buffer: *const c_void,
    length: size_t,
) -> ssize_t {
    if (print::is_given(fd, 1) || print::is_given(fd, 2)) && !buffer.is_null() {
        // SAFETY: the caller owns that many bytes.
        return unsafe { print::print(fd, buffer, length) };
    }
    if !state::active() || state::birth_cell() == 0 {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::write(fd, buffer, length) };
    }
    if cancels() && grace_is_over() && blocks(fd) {
        return cancelled();
    }
    // SAFETY: as above.
    let result = unsafe { real::write(fd, buffer, length) };
    checked("write", result, || blocks(fd))
}

/// Interposed: descriptors 1 and 2 go to the front end.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(
    fd: c_int,
    parts: *const iovec,
    count: c_int,
) -> ssize_t {
    if print::is_given(fd, 1) || print::is_given(fd, 2) {
        // SAFETY: `parts` has `count` entries, each with that many bytes.
        let whole = unsafe { print::gathered(parts, count) };
        // SAFETY: the bytes live until the call returns.
        return unsafe { print::print(fd, whole.as_ptr().cast(), whole.len()) };
    }
    if !state::active() || state::birth_cell() == 0 {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::writev(fd, parts, count) };
    }
    if cancels() && grace_is_over() && blocks(fd) {
        return cancelled();
    }
    // SAFETY: as above.
    let result = unsafe { real::writev(fd, parts, count) };
    checked("writev", result, || blocks(fd))
}

/// Turns "a signal came" into "cancelled" if it was our signal, and keeps in
/// mind what else has failed. `waits` tells whether the call can wait at all.
fn checked(
    name: &'static str,
    result: isize,
    waits: impl FnOnce() -> bool,
) -> isize {
    if result >= 0 {
        interrupt::succeeded();
        return result;
    }
    if real::errno() == libc::EINTR && cancels() {
        return cancelled();
    }
    failed_call::note(name, waits);
    result
}

fn cancelled() -> isize {
    interrupt::cancelled();
    real::set_errno(libc::ECANCELED);
    -1
}

fn waits(flags: c_int) -> bool {
    flags & libc::MSG_DONTWAIT == 0
}

/// Whether a call on this descriptor can wait: a socket, a pipe or a terminal
/// in blocking mode.
fn blocks(fd: c_int) -> bool {
    // SAFETY: all zeros is a valid `stat`, and it outlives the call.
    let (flags, mode) = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        libc::fstat(fd, &mut stat);
        (libc::fcntl(fd, libc::F_GETFL), stat.st_mode & libc::S_IFMT)
    };
    flags >= 0
        && flags & libc::O_NONBLOCK == 0
        && [libc::S_IFSOCK, libc::S_IFIFO, libc::S_IFCHR].contains(&mode)
}
