//! The system calls that this binary defines anew, as the C library has them.
//!
//! A definition in the executable comes first for everything that is loaded
//! later, and for our own code too. So what shall really go to the C library
//! goes through this module. All addresses are looked up once, before any cell
//! runs: a look-up takes locks that a signal handler must not take.

// Calls through addresses that the dynamic linker gave.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_long, c_uint, c_void};
use std::mem::transmute;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use libc::{
    clockid_t, fd_set, idtype_t, iovec, msghdr, nfds_t, pid_t, pollfd,
    pthread_attr_t, pthread_t, rusage, siginfo_t, sigset_t, size_t, sockaddr,
    socklen_t, ssize_t, timespec, timeval,
};

/// What `pthread_create` starts.
pub(super) type Start = extern "C" fn(*mut c_void) -> *mut c_void;

macro_rules! originals {
    ($(fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty;)*) => {
        /// Looks all addresses up.
        pub(super) fn resolve() {
            $($name::address();)*
        }
        $(
            mod $name {
                use super::*;
                static ADDRESS: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

                pub(super) fn address() -> *mut c_void {
                    let known = ADDRESS.load(Ordering::Relaxed);
                    if !known.is_null() {
                        return known;
                    }
                    let name = concat!(stringify!($name), "\0");
                    let found = find(name.as_ptr().cast());
                    ADDRESS.store(found, Ordering::Relaxed);
                    found
                }
            }

            // SAFETY: the contract is that of the C library's function.
            pub(super) unsafe fn $name($($arg: $type),*) -> $result {
                // SAFETY: the address is that of the function of this name,
                // whose signature is the one in the manual.
                unsafe {
                    let call: unsafe extern "C" fn($($type),*) -> $result =
                        transmute($name::address());
                    call($($arg),*)
                }
            }
        )*
    };
}

originals! {
    fn accept(fd: c_int, address: *mut sockaddr, length: *mut socklen_t) -> c_int;
    fn accept4(fd: c_int, address: *mut sockaddr, length: *mut socklen_t, flags: c_int) -> c_int;
    fn bind(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int;
    fn clock_nanosleep(clock: clockid_t, flags: c_int, time: *const timespec, left: *mut timespec) -> c_int;
    fn close(fd: c_int) -> c_int;
    fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int;
    fn connect(fd: c_int, address: *const sockaddr, length: socklen_t) -> c_int;
    fn dup2(old: c_int, new: c_int) -> c_int;
    fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int;
    fn listen(fd: c_int, backlog: c_int) -> c_int;
    fn nanosleep(time: *const timespec, left: *mut timespec) -> c_int;
    fn poll(fds: *mut pollfd, count: nfds_t, timeout: c_int) -> c_int;
    fn ppoll(fds: *mut pollfd, count: nfds_t, timeout: *const timespec, mask: *const sigset_t) -> c_int;
    fn pthread_create(thread: *mut pthread_t, attr: *const pthread_attr_t, start: Start, argument: *mut c_void) -> c_int;
    fn pthread_join(thread: pthread_t, result: *mut *mut c_void) -> c_int;
    fn read(fd: c_int, buffer: *mut c_void, length: size_t) -> ssize_t;
    fn readv(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t;
    fn recv(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t;
    fn recvfrom(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int, address: *mut sockaddr, address_length: *mut socklen_t) -> ssize_t;
    fn recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> ssize_t;
    fn select(count: c_int, read: *mut fd_set, write: *mut fd_set, except: *mut fd_set, timeout: *mut timeval) -> c_int;
    fn send(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int) -> ssize_t;
    fn sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> ssize_t;
    fn sendto(fd: c_int, buffer: *const c_void, length: size_t, flags: c_int, address: *const sockaddr, address_length: socklen_t) -> ssize_t;
    fn wait4(pid: pid_t, status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t;
    fn waitid(kind: idtype_t, id: libc::id_t, info: *mut siginfo_t, options: c_int) -> c_int;
    fn waitpid(pid: pid_t, status: *mut c_int, options: c_int) -> pid_t;
    fn write(fd: c_int, buffer: *const c_void, length: size_t) -> ssize_t;
    fn writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t;
}

fn find(name: *const c_char) -> *mut c_void {
    // SAFETY: `name` ends with a zero.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name) };
    if found.is_null() {
        // SAFETY: as above. Without the function nothing can go on.
        let name = unsafe { CStr::from_ptr(name) };
        unreachable!("the C library has no {name:?}");
    }
    found
}

/// The error number of the calling thread.
pub(super) fn errno() -> c_int {
    // SAFETY: the location belongs to the calling thread.
    unsafe { *libc::__errno_location() }
}

/// Sets the error number of the calling thread.
pub(super) fn set_errno(number: c_int) {
    // SAFETY: the location belongs to the calling thread.
    unsafe { *libc::__errno_location() = number }
}

/// The kernel's number of the calling thread (`gettid(2)`).
pub(super) fn thread_id() -> pid_t {
    // SAFETY: the call has no arguments and can't fail.
    unsafe { libc::syscall(libc::SYS_gettid as c_long) as pid_t }
}
