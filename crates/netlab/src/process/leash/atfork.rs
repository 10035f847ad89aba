//! What happens inside `fork` while there is a leash.
//!
//! glibc calls the handlers that are registered with [`pthread_atfork(3)`]: one
//! before the fork, one in the child. Everything here must be
//! async-signal-safe, so the handlers know the leash only through numbers in
//! statics: there is no lock that another thread could hold at that moment.
//!
//! [`pthread_atfork(3)`]: https://man7.org/linux/man-pages/man3/pthread_atfork.3.html

use std::cell::Cell;
use std::io;
use std::os::fd::RawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{Pid, getpid};

use crate::process::fork::{die_with, set_alarm};
use crate::process::{LEFT_ITS_BRANCH, exit_now};

/// The process that has the leash; 0 while there is none.
static OWNER: AtomicI32 = AtomicI32::new(0);
/// The process that has called `fork` last.
static FORKER: AtomicI32 = AtomicI32::new(0);
/// [`Tether::limit`], in nanoseconds.
static LIMIT: AtomicU64 = AtomicU64::new(0);
/// [`Tether::register`].
static REGISTER: AtomicI32 = AtomicI32::new(-1);
/// [`Tether::places`].
static PLACES: AtomicI32 = AtomicI32::new(-1);
/// [`Tether::null`].
static NULL: AtomicI32 = AtomicI32::new(-1);

thread_local! {
    /// Whether this thread is forking a child of this crate.
    static UNLEASHED: Cell<bool> = const { Cell::new(false) };
}

/// How long the kernel is held up for each `fork` beyond the last place.
const SLOWED: libc::timespec = libc::timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// What a child must know of the leash.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tether {
    pub(super) limit: Duration,
    /// Pipe into which a child writes its process id. Whoever was forked under
    /// the leash and has not called `exec` holds it open.
    pub(super) register: RawFd,
    /// A semaphore (`eventfd`): the children that may still be forked.
    pub(super) places: RawFd,
    /// `/dev/null`.
    pub(super) null: RawFd,
}

/// Ties children from now on; `false` if there is a leash already.
pub(super) fn tie(tether: Tether) -> io::Result<bool> {
    install()?;
    let owner = getpid().as_raw();
    let free = OWNER.compare_exchange(
        0,
        -1, // Taken, but not complete: the handlers must not look yet.
        Ordering::SeqCst,
        Ordering::SeqCst,
    );
    if free.is_err() {
        return Ok(false);
    }
    let limit = u64::try_from(tether.limit.as_nanos()).unwrap_or(u64::MAX);
    LIMIT.store(limit, Ordering::SeqCst);
    REGISTER.store(tether.register, Ordering::SeqCst);
    PLACES.store(tether.places, Ordering::SeqCst);
    NULL.store(tether.null, Ordering::SeqCst);
    OWNER.store(owner, Ordering::SeqCst);
    Ok(true)
}

/// Leaves the children that are forked from now on alone.
pub(super) fn untie() {
    OWNER.store(0, Ordering::SeqCst);
}

/// Runs `fork`, which forks a child that is no business of the leash.
pub(in crate::process) fn unleashed<T>(fork: impl FnOnce() -> T) -> T {
    let before = UNLEASHED.replace(true);
    let forked = fork();
    UNLEASHED.set(before);
    forked
}

/// Registers the handlers, once for the life of the process.
fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<i32> = OnceLock::new();
    unsafe extern "C" {
        // In the C library, but not in the crate `libc`.
        fn pthread_atfork(
            prepare: Option<extern "C" fn()>,
            parent: Option<extern "C" fn()>,
            child: Option<extern "C" fn()>,
        ) -> libc::c_int;
    }
    let errno = INSTALLED.get_or_init(|| {
        // SAFETY: both functions live as long as the process: this library is
        // never unloaded, and if it were, glibc would forget them.
        unsafe { pthread_atfork(Some(before_fork), None, Some(in_child)) }
    });
    match errno {
        0 => Ok(()),
        &errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

fn is_tied() -> bool {
    OWNER.load(Ordering::SeqCst) > 0 && !UNLEASHED.get()
}

/// Runs in the process that forks.
extern "C" fn before_fork() {
    let forker = getpid().as_raw();
    FORKER.store(forker, Ordering::SeqCst);
    if !is_tied() || has_place() {
        return;
    }
    if forker != OWNER.load(Ordering::SeqCst) {
        end("процессов на поводке слишком много: размножаться дальше нельзя\n");
    }
    // The kernel itself forks in a loop. It cannot be told so from here, but it
    // can be slowed down until somebody interrupts the cell.
    // SAFETY: the system only reads the time.
    unsafe { libc::nanosleep(&SLOWED, std::ptr::null_mut()) };
}

/// Runs in the child, before `fork` returns in it.
extern "C" fn in_child() {
    if OWNER.load(Ordering::SeqCst) <= 0 {
        return;
    }
    let register = REGISTER.load(Ordering::SeqCst);
    if UNLEASHED.get() {
        // It must not look like a child of the leash, nor must its children.
        untie();
        for fd in [register, PLACES.load(Ordering::SeqCst)] {
            // SAFETY: in this process nobody else knows these descriptors.
            unsafe { libc::close(fd) };
        }
        return;
    }
    // First of all: what is not in the register is not found at the end.
    let pid = getpid().as_raw().to_ne_bytes();
    write(register, &pid);
    die_with(Pid::from_raw(FORKER.load(Ordering::SeqCst)));
    set_alarm(Duration::from_nanos(LIMIT.load(Ordering::SeqCst)));
    // SAFETY: takes two numbers; `/dev/null` was open when they were stored.
    unsafe { libc::dup2(NULL.load(Ordering::SeqCst), libc::STDIN_FILENO) };
    if !take_place() {
        exit_now(LEFT_ITS_BRANCH);
    }
}

fn has_place() -> bool {
    let mut places = libc::pollfd {
        fd: PLACES.load(Ordering::SeqCst),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one `pollfd`, and the count says so; it does not wait.
    unsafe { libc::poll(&mut places, 1, 0) > 0 }
}

fn take_place() -> bool {
    let mut one = [0_u8; 8];
    let fd = PLACES.load(Ordering::SeqCst);
    // SAFETY: `one` is as long as the count says.
    let count = unsafe { libc::read(fd, one.as_mut_ptr().cast(), one.len()) };
    count > 0
}

/// Writes to a descriptor without waiting for anything.
pub(super) fn write(fd: RawFd, bytes: &[u8]) {
    // `errno` belongs to the code around the call of `fork`.
    let errno = Errno::last();
    // SAFETY: the bytes are as many as the length says.
    unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    errno.set();
}

/// Ends this process with a line on stderr.
pub(super) fn end(line: &str) -> ! {
    write(libc::STDERR_FILENO, line.as_bytes());
    exit_now(LEFT_ITS_BRANCH)
}
