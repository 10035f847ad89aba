//! Which cell has bound which socket, and which address was refused: an error
//! of the standard library says neither.

// Definitions of C functions, which take what C takes.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libc::{pid_t, sockaddr, socklen_t};
use socket2::SockAddr;

use super::{failed_call, real, state};

/// How many sockets are remembered.
const BOUND: usize = 1024;

/// How many refusals are remembered.
const REFUSED: usize = 16;

static LOG: Mutex<Log> = Mutex::new(Log {
    bound: VecDeque::new(),
    refused: VecDeque::new(),
});

struct Log {
    /// Inodes of sockets and the cells that have bound them.
    bound: VecDeque<(u64, u64)>,
    refused: VecDeque<Refused>,
}

/// An address that was in use.
#[derive(Clone)]
pub(super) struct Refused {
    thread: pid_t,
    cell: u64,
    pub(super) address: SockAddr,
    /// `SOCK_STREAM`, `SOCK_DGRAM` and so on.
    pub(super) kind: c_int,
}

/// The cell that has bound the socket with this inode.
pub(super) fn cell_of(inode: u64) -> Option<u64> {
    let log = lock();
    let mut latest = log.bound.iter().rev();
    latest.find_map(|(bound, cell)| (*bound == inode).then_some(*cell))
}

/// The address that was refused last: to the calling thread, or else to
/// another one of the same cell, whose error may have been handed over.
pub(super) fn refused() -> Option<Refused> {
    let (thread, cell) = (real::thread_id(), state::output_cell());
    let log = lock();
    let latest = || log.refused.iter().rev().filter(|r| r.cell == cell);
    let own = latest().find(|refused| refused.thread == thread);
    own.or_else(|| latest().next()).cloned()
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn bind(
    fd: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> c_int {
    // SAFETY: the arguments are the caller's own.
    let result = unsafe { real::bind(fd, address, length) };
    note("bind", fd, result, || {
        // SAFETY: as above; the C library has read that many bytes as well.
        unsafe { copied(address, length) }
    });
    result
}

/// Interposed: only noted.
#[unsafe(no_mangle)]
unsafe extern "C" fn listen(fd: c_int, backlog: c_int) -> c_int {
    // SAFETY: the arguments are the caller's own.
    let result = unsafe { real::listen(fd, backlog) };
    note("listen", fd, result, || own_address(fd));
    result
}

/// Notes how such a call has ended; `errno` stays.
fn note(
    name: &'static str,
    fd: c_int,
    result: c_int,
    address: impl FnOnce() -> Option<SockAddr>,
) {
    if !state::active() || state::birth_cell() == 0 {
        return;
    }
    let errno = real::errno();
    if result == 0 {
        bound(fd);
    } else {
        if errno == libc::EADDRINUSE
            && let Some(address) = address()
        {
            let mut log = lock();
            make_room(&mut log.refused, REFUSED);
            log.refused.push_back(Refused {
                thread: real::thread_id(),
                cell: state::birth_cell(),
                address,
                kind: kind_of(fd),
            });
        }
        real::set_errno(errno);
        failed_call::note(name, || true);
    }
    real::set_errno(errno);
}

fn bound(fd: c_int) {
    let Some(inode) = inode_of(fd) else { return };
    let cell = state::birth_cell();
    let mut log = lock();
    // `listen` follows `bind`; a later socket may get the inode of an old one.
    if log.bound.back() != Some(&(inode, cell)) {
        make_room(&mut log.bound, BOUND);
        log.bound.push_back((inode, cell));
    }
}

fn inode_of(fd: c_int) -> Option<u64> {
    // SAFETY: all zeros is a valid `stat`, and it outlives the call.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(fd, &mut stat) == 0).then_some(stat.st_ino)
    }
}

fn kind_of(fd: c_int) -> c_int {
    let mut kind: c_int = 0;
    let mut length = size_of::<c_int>() as socklen_t;
    // SAFETY: both outlive the call, and the length is that of the first.
    unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            (&raw mut kind).cast(),
            &mut length,
        );
    }
    kind
}

fn own_address(fd: c_int) -> Option<SockAddr> {
    // SAFETY: the call fills the storage as far as it says.
    let (_, address) = unsafe {
        SockAddr::try_init(|storage, length| {
            match libc::getsockname(fd, storage.cast(), length) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        })
    }
    .ok()?;
    Some(address)
}

/// # Safety
///
/// `address` is null or points to `length` bytes.
unsafe fn copied(
    address: *const sockaddr,
    length: socklen_t,
) -> Option<SockAddr> {
    let bytes = length as usize;
    let mut storage = MaybeUninit::<libc::sockaddr_storage>::zeroed();
    if address.is_null() || bytes > size_of_val(&storage) {
        return None;
    }
    // SAFETY: see above; all zeros is a valid `sockaddr_storage`, and so is
    // what is copied into it.
    unsafe {
        storage
            .as_mut_ptr()
            .cast::<u8>()
            .copy_from_nonoverlapping(address.cast(), bytes);
        SockAddr::try_init(|to, to_length| {
            to.cast::<libc::sockaddr_storage>()
                .write(storage.assume_init());
            *to_length = length;
            Ok(())
        })
    }
    .ok()
    .map(|((), address)| address)
}

fn lock() -> MutexGuard<'static, Log> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for one more.
fn make_room<T>(queue: &mut VecDeque<T>, most: usize) {
    while queue.len() >= most {
        queue.pop_front();
    }
}
