//! Which cell has bound which socket, and which address was refused: an error
//! of the standard library says neither.

// Definitions of C functions, which take what C takes.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::ffi::c_int;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libc::{pid_t, sockaddr, socklen_t};
use nix::sys::stat::fstat;
use socket2::{SockAddr, SockRef};

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
    fstat(socket(fd)).ok().map(|stat| stat.st_ino)
}

fn kind_of(fd: c_int) -> c_int {
    SockRef::from(&socket(fd)).r#type().map_or(0, c_int::from)
}

fn own_address(fd: c_int) -> Option<SockAddr> {
    SockRef::from(&socket(fd)).local_addr().ok()
}

/// A descriptor that `bind` or `listen` has just taken for a socket.
fn socket<'fd>(fd: c_int) -> BorrowedFd<'fd> {
    // SAFETY: it is only asked about itself; if another thread has closed it
    // meanwhile, that fails or tells of another file.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// # Safety
///
/// `address` is null or points to `length` bytes.
unsafe fn copied(
    address: *const sockaddr,
    length: socklen_t,
) -> Option<SockAddr> {
    let bytes = length as usize;
    if address.is_null() || bytes > size_of::<libc::sockaddr_storage>() {
        return None;
    }
    // SAFETY: see above; the storage is large enough, and zeroed before.
    let copied = unsafe {
        SockAddr::try_init(|storage, storage_length| {
            storage
                .cast::<u8>()
                .copy_from_nonoverlapping(address.cast(), bytes);
            *storage_length = length;
            Ok(())
        })
    };
    copied.ok().map(|((), address)| address)
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
