//! Forks a child that never returns into the caller.

use std::ffi::CStr;
use std::io;
use std::mem;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{ForkResult, Pid, fork, getpid, getppid};

use super::leash;
use super::{LEFT_ITS_BRANCH, exit_now};

/// Whether this process was made by [`fork_off`].
static FORKED_OFF: AtomicBool = AtomicBool::new(false);

/// A function that forks, as the C library has it.
type Fork = unsafe extern "C" fn() -> libc::pid_t;

/// [`bare_fork`], looked up before the first fork: the lookup takes a lock.
static BARE_FORK: OnceLock<Option<Fork>> = OnceLock::new();

/// What a child is told before it does anything else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Birth {
    /// Its name, as `ps` and `/proc/PID/comm` show it; 15 bytes at most.
    pub(crate) name: &'static CStr,
    /// How long it may live; `None` means for ever.
    pub(crate) limit: Option<Duration>,
    /// Whether it dies with the thread that forks it.
    pub(crate) dies_with_parent: bool,
}

/// Forks a child that runs `body` and ends with the code that it returns.
///
/// Corresponds to [`fork(2)`]. In the child `body` never returns into the
/// caller, not even by a panic: the process ends where `body` ends, and no
/// destructor of the caller runs twice.
///
/// If this process has other threads, `body` must be content with what is
/// async-signal-safe; see the [module](super).
///
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
pub(crate) fn fork_off(
    birth: Birth,
    body: impl FnOnce() -> i32,
) -> Result<Pid, Errno> {
    let parent = getpid();
    BARE_FORK.get_or_init(bare_fork);
    // SAFETY: the child stays in this function until it has ended. What it
    // does before `body` are system calls; `body` has promised the same, or to
    // be stopped by its alarm.
    let forked = leash::unleashed(|| unsafe { fork() })?;
    match forked {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            let _end = EndHere;
            FORKED_OFF.store(true, Ordering::Relaxed);
            begin(birth, parent);
            exit_now(body())
        }
    }
}

/// Forks once more, in a process that [`fork_off`] has made; the child returns
/// from here as well.
///
/// Such a process has one thread, so its children may do what they like. And
/// they are still inside the `body` of [`fork_off`], which they cannot leave.
///
/// A server does this for each of its clients, so it is [`_Fork(3)`] where the
/// C library has it: `fork` also prepares the locks of the allocator and of the
/// streams for the child, and runs the handlers of [`pthread_atfork(3)`]. With
/// one thread there is nothing to prepare, the first fork has done it, and each
/// page of memory that is written to on the way costs both processes a copy.
///
/// # Errors
///
/// Those of [`fork(2)`]; `EPERM` in any other process.
///
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
/// [`_Fork(3)`]: https://man7.org/linux/man-pages/man3/_Fork.3.html
/// [`pthread_atfork(3)`]: https://man7.org/linux/man-pages/man3/pthread_atfork.3.html
pub(crate) fn fork_again(birth: Birth) -> Result<ForkResult, Errno> {
    if !FORKED_OFF.load(Ordering::Relaxed) {
        return Err(Errno::EPERM);
    }
    let parent = getpid();
    let forked = match BARE_FORK.get() {
        Some(Some(bare_fork)) => {
            // SAFETY: there is no other thread that could hold a lock.
            match Errno::result(unsafe { bare_fork() })? {
                0 => ForkResult::Child,
                child => ForkResult::Parent {
                    child: Pid::from_raw(child),
                },
            }
        }
        // SAFETY: as above.
        _ => unsafe { fork() }?,
    };
    if let ForkResult::Child = forked {
        begin(birth, parent);
    }
    Ok(forked)
}

/// `_Fork`, if the C library has it; glibc does since 2.34.
fn bare_fork() -> Option<Fork> {
    // SAFETY: the name ends with a zero byte.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"_Fork".as_ptr()) };
    // SAFETY: POSIX gives this function this type, and a null pointer is the
    // `None` of a pointer to a function.
    unsafe { mem::transmute::<*mut libc::c_void, Option<Fork>>(found) }
}

/// Ends the process when a panic unwinds to it.
struct EndHere;

impl Drop for EndHere {
    fn drop(&mut self) {
        exit_now(LEFT_ITS_BRANCH);
    }
}

/// The first steps of a child.
fn begin(birth: Birth, parent: Pid) {
    set_name(birth.name);
    if birth.dies_with_parent {
        die_with(parent);
    }
    if let Some(limit) = birth.limit {
        set_alarm(limit);
    }
}

/// Names this process for `ps` and `/proc/PID/comm`: [`prctl(2)`] with
/// `PR_SET_NAME`.
///
/// [`prctl(2)`]: https://man7.org/linux/man-pages/man2/PR_SET_NAME.2const.html
pub(crate) fn set_name(name: &CStr) {
    let _ = prctl::set_name(name);
}

/// Lets a signal do again what it does by default.
pub(crate) fn default_action(signal: Signal) {
    // SAFETY: SIG_DFL is no pointer to a function; nothing of ours is called.
    unsafe { libc::signal(signal as libc::c_int, libc::SIG_DFL) };
}

/// Makes the system kill this process when its parent ends: [`prctl(2)`] with
/// `PR_SET_PDEATHSIG`.
///
/// SIGKILL also ends a process that is stopped or that ignores everything else.
/// "Parent" means the thread that forked.
///
/// [`prctl(2)`]: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
pub(super) fn die_with(parent: Pid) {
    let armed = prctl::set_pdeathsig(Signal::SIGKILL).is_ok();
    // A parent that ended before the call sends no signal any more.
    if !armed || getppid() != parent {
        exit_now(LEFT_ITS_BRANCH);
    }
}

/// Makes the system end this process after `limit`: [`setitimer(2)`] and
/// SIGALRM, whose default action is to terminate.
///
/// [`setitimer(2)`]: https://man7.org/linux/man-pages/man2/setitimer.2.html
pub(super) fn set_alarm(limit: Duration) {
    // A handler or a mask inherited from the parent would disarm the alarm.
    default_action(Signal::SIGALRM);
    let mut alarm = SigSet::empty();
    alarm.add(Signal::SIGALRM);
    let _ = alarm.thread_unblock();
    let limit = rounded_up(limit);
    let timer = libc::itimerval {
        // SAFETY: a `timeval` is two integers, and zero is a value of both.
        it_interval: unsafe { mem::zeroed() },
        it_value: limit,
    };
    // SAFETY: the system only reads `timer`, and nothing is written back.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, ptr::null_mut()) };
}

/// A time in whole microseconds, never less: zero would mean "no alarm".
fn rounded_up(limit: Duration) -> libc::timeval {
    let micros = limit.as_nanos().div_ceil(1000);
    let seconds = micros / 1_000_000;
    libc::timeval {
        tv_sec: libc::time_t::try_from(seconds).unwrap_or(libc::time_t::MAX),
        tv_usec: (micros % 1_000_000) as libc::suseconds_t,
    }
}

/// Explains why [`fork(2)`] has failed, and what to do about it.
///
/// For a cell that calls `fork` itself: an error number alone does not say that
/// the limit on processes has been reached, or where it is set. The kind of the
/// error stays what the system said (`EAGAIN` is `WouldBlock`).
///
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
///
/// # Examples
///
/// ```
/// use netlab::nix::errno::Errno;
///
/// let error = netlab::process::refused(Errno::EAGAIN);
/// assert!(error.to_string().contains("ulimit -u"));
/// ```
pub fn refused(errno: Errno) -> io::Error {
    let why = match errno {
        Errno::EAGAIN => {
            "достигнут предел числа процессов (ulimit -u или pids.max контейнера); \
             остановите лишние серверы и программы"
        }
        Errno::ENOMEM => {
            "не хватает памяти; остановите лишние программы или перезапустите ядро блокнота"
        }
        _ => "возможно, это запрещено правилами контейнера (seccomp)",
    };
    let text = format!("система отказала в новом процессе: {errno}; {why}");
    io::Error::new(io::Error::from(errno).kind(), text)
}

/// Explains why the pipes of a child could not be made.
pub(crate) fn unprepared(error: io::Error) -> io::Error {
    let errno = error.raw_os_error().map(Errno::from_raw);
    let text = match errno {
        Some(Errno::EMFILE) => {
            "у процесса кончились дескрипторы; закройте лишние сокеты – \
             drop(переменная) – или поднимите предел: ulimit -n"
        }
        Some(Errno::ENFILE) => {
            "в системе кончились дескрипторы; закройте лишние программы"
        }
        _ => return error,
    };
    let text = format!("процесс не создан: {text} ({error})");
    io::Error::new(error.kind(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarm_is_never_shorter_than_the_limit_and_never_off() {
        let micro = rounded_up(Duration::from_nanos(1));
        assert_eq!((micro.tv_sec, micro.tv_usec), (0, 1));
        let more = rounded_up(Duration::from_nanos(1_500_000_001));
        assert_eq!((more.tv_sec, more.tv_usec), (1, 500_001));
    }

    #[test]
    fn refused_fork_says_what_to_do() {
        let error = refused(Errno::EAGAIN);
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(error.to_string().contains("ulimit -u"), "{error}");
    }
}
