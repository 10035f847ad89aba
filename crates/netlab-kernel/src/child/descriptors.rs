//! Whose descriptor is whose.
//!
//! `evcxr` starts the child with its protocol on 0, 1 and 2. The protocol moves
//! to descriptors out of the way of any cell, and the cell gets a 0, 1 and 2 of
//! its own: `/dev/null` and two pipes that the relay reads. After each run the
//! three are what they were, whatever the cell closed or replaced.

// Descriptors as plain numbers: a cell may close any of them.
#![allow(unsafe_code)]

use std::io::{Error, Result};
use std::sync::OnceLock;

use super::{flush, real, replaced, report, state};

/// The first number for what a cell shall not hit by `for fd in 3..1024`.
const HIDDEN: i32 = 4096;

/// Room for the hidden ones.
const ROOM: u64 = 64;

static OWN: OnceLock<Descriptors> = OnceLock::new();

/// The descriptors that the child keeps for itself.
pub(super) struct Descriptors {
    /// Where `evcxr` says what to run.
    pub(super) commands: i32,
    /// Where `evcxr` hears that it ran.
    pub(super) replies: i32,
    /// What is read from the two pipes of the cells, for 1 and 2.
    pub(super) relayed: [i32; 2],
    /// Copies of the cells' 0, 1 and 2.
    spare: [i32; 3],
    /// What `fstat(2)` says about them.
    identity: [Identity; 3],
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(libc::dev_t, libc::ino_t);

/// Moves the protocol away and gives the cells descriptors of their own.
pub(super) fn take_over() -> Result<&'static Descriptors> {
    let commands = hidden_copy(0)?;
    let replies = hidden_copy(1)?;
    // SAFETY: the path ends with a zero.
    let null = check(unsafe {
        libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC)
    })?;
    let null = hide(null)?;
    let (from_stdout, stdout) = pipe()?;
    let (from_stderr, stderr) = pipe()?;
    let spare = [null, stdout, stderr];
    let mut identity = [Identity(0, 0); 3];
    for (number, spare) in (0..).zip(spare) {
        give_back(number, spare)?;
        identity[number as usize] = identify(spare).unwrap_or(Identity(0, 0));
    }
    replaced::restored();
    // SAFETY: the handlers call nothing that takes a lock.
    unsafe {
        libc::pthread_atfork(
            Some(before_fork),
            Some(after_fork),
            Some(in_forked_child),
        )
    };
    Ok(OWN.get_or_init(|| Descriptors {
        commands,
        replies,
        relayed: [from_stdout, from_stderr],
        spare,
        identity,
    }))
}

/// Whether `descriptor` is 0, 1 or 2 and still the one given to the cells.
pub(super) fn is_ours(descriptor: i32) -> bool {
    if !replaced::maybe() {
        return (0..3).contains(&descriptor);
    }
    OWN.get().is_some_and(|own| own.is_given(descriptor))
}

impl Descriptors {
    fn is_given(&self, descriptor: i32) -> bool {
        self.identity
            .get(descriptor as usize)
            .is_some_and(|given| identify(descriptor) == Some(*given))
    }
}

/// Gives the cells their 0, 1 and 2 back.
pub(super) fn restore() {
    let Some(own) = OWN.get() else { return };
    for (number, spare) in (0..).zip(own.spare) {
        if !own.is_given(number) {
            let _ = give_back(number, spare);
        }
    }
    replaced::restored();
}

/// Moves a descriptor to a number that cells do not meet.
pub(super) fn hide(descriptor: i32) -> Result<i32> {
    let hidden = hidden_copy(descriptor)?;
    // SAFETY: the number came from the caller, who gives it up.
    unsafe { libc::close(descriptor) };
    Ok(hidden)
}

fn hidden_copy(descriptor: i32) -> Result<i32> {
    let copy = |from: i32| {
        // SAFETY: no pointers are passed.
        check(unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, from) })
    };
    // A limit of 1024 descriptors does not forbid one with a higher number if
    // it was made while the limit was higher.
    let before = limit()?;
    let wanted = libc::rlimit {
        rlim_cur: (HIDDEN as u64 + ROOM).min(before.rlim_max),
        rlim_max: before.rlim_max,
    };
    let raise = before.rlim_cur < wanted.rlim_cur;
    if raise {
        set_limit(&wanted);
    }
    let hidden = copy(HIDDEN)
        .or_else(|_| copy(wanted.rlim_cur.saturating_sub(ROOM) as i32))
        .or_else(|_| copy(3));
    if raise {
        set_limit(&before);
    }
    hidden
}

fn limit() -> Result<libc::rlimit> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the struct lives until the call returns.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) })?;
    Ok(limit)
}

fn set_limit(limit: &libc::rlimit) {
    // SAFETY: the struct lives until the call returns.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) };
}

/// A pipe: the end to read, which never blocks, and the end to write.
fn pipe() -> Result<(i32, i32)> {
    let mut ends = [0; 2];
    // SAFETY: room for two numbers.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    let [read, write] = ends;
    // SAFETY: no pointers are passed. A smaller pipe works too.
    unsafe {
        libc::fcntl(read, libc::F_SETFL, libc::O_NONBLOCK);
        libc::fcntl(write, libc::F_SETPIPE_SZ, 1 << 20);
    }
    Ok((hide(read)?, hide(write)?))
}

fn give_back(number: i32, spare: i32) -> Result<()> {
    // SAFETY: no pointers are passed; `dup2` leaves CLOEXEC off.
    check(unsafe { libc::dup2(spare, number) }).map(drop)
}

fn identify(descriptor: i32) -> Option<Identity> {
    // SAFETY: all zeros is a valid `stat`, which the call fills.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: the struct lives until the call returns.
    let done = unsafe { libc::fstat(descriptor, &mut stat) };
    (done == 0).then_some(Identity(stat.st_dev, stat.st_ino))
}

fn check(result: i32) -> Result<i32> {
    match result {
        -1 => Err(Error::last_os_error()),
        number => Ok(number),
    }
}

extern "C" fn before_fork() {
    flush::before_fork();
}

extern "C" fn after_fork() {
    flush::after_fork();
}

/// Runs in each process that a cell forks off: it is none of the kernel.
/// It must not hold what tells the front end that the child has ended.
extern "C" fn in_forked_child() {
    state::set_active(false);
    let channel = report::channel();
    report::disconnected();
    let Some(own) = OWN.get() else { return };
    let [stdout, stderr] = own.relayed;
    let errno = real::errno();
    for number in [channel, own.commands, own.replies, stdout, stderr] {
        // SAFETY: in this process nothing of ours uses the numbers any more.
        unsafe { libc::close(number) };
    }
    for number in own.spare {
        // SAFETY: as above.
        unsafe { libc::close(number) };
    }
    real::set_errno(errno);
}
