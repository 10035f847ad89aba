//! Guards a cell that calls `fork` itself.

mod atfork;

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::{Pid, getpid, pipe2};

use super::wait;
use super::{LEFT_ITS_BRANCH, exit_now};
use crate::display;

pub(super) use atfork::unleashed;

/// How many processes one leash holds. A cell that forks in a loop by mistake
/// doubles their number with every pass.
const MOST: u32 = 64;

/// How long the end of a leash waits for children that were forked a moment
/// ago and have not even begun.
const PATIENCE: Duration = Duration::from_secs(1);

/// Puts every child that this process forks on a leash.
///
/// For a cell that shows [`fork(2)`] itself. As long as the returned value
/// lives, each child forked by `nix` or `libc`
///
/// - is ended by SIGALRM after `limit` ([`setitimer(2)`]);
/// - is killed when the thread that forked it ends ([`PR_SET_PDEATHSIG`]);
/// - has `/dev/null` as its standard input, because the real one carries the
///   commands of the kernel;
/// - is one of 64 at most; one more ends at once.
///
/// All this is done by a handler that [`pthread_atfork(3)`] calls in the child,
/// before `fork` returns there. It is for children of children as well.
///
/// Dropping the leash in the parent kills and reaps the children that are still
/// there, zombies included. Dropping it in a child means that the child has
/// left its branch of the `match`, by falling through, by `?` or by a panic:
/// that child writes a line to stderr and ends with code 70.
///
/// Keep the leash in a block, where it is dropped when the block ends. A
/// variable at the top level of a cell would live on after the cell, and a
/// notebook refuses to compile that; see [`Leash`].
///
/// Children made elsewhere are left alone: those of [`std::process::Command`],
/// of [`in_child`](super::in_child) and of the forking server. A `Command` with
/// a `pre_exec` closure forks in the way of a cell and is on the leash.
///
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
/// [`setitimer(2)`]: https://man7.org/linux/man-pages/man2/setitimer.2.html
/// [`PR_SET_PDEATHSIG`]: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
/// [`pthread_atfork(3)`]: https://man7.org/linux/man-pages/man3/pthread_atfork.3.html
///
/// # Errors
///
/// - `InvalidInput`: `limit` is zero.
/// - `ResourceBusy`: there is a leash already.
/// - There are not enough descriptors.
///
/// # Examples
///
/// ```
/// use netlab::nix::libc::_exit;
/// use netlab::nix::sys::wait::waitpid;
/// use netlab::nix::unistd::{ForkResult, fork};
/// use netlab::process;
/// use std::time::Duration;
///
/// {
///     let _leash = process::leash(Duration::from_secs(5))?;
///     match unsafe { fork() }? {
///         ForkResult::Child => unsafe { _exit(3) },
///         ForkResult::Parent { child } => println!("{:?}", waitpid(child, None)?),
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn leash(limit: Duration) -> io::Result<impl Leash> {
    if limit.is_zero() {
        let text = "предел времени равен нулю: потомок не успел бы и начать";
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Held::tie(limit).map_err(super::unprepared)
}

/// What [`leash()`] returns: it displays itself, and its end is the end of the
/// children.
///
/// It is a trait and no type, so that nobody can name the type. The kernel must
/// name the type of a variable to keep it after a cell; this one it refuses to
/// keep, and advises to wrap the code in braces. If it kept the leash, a child
/// that leaves its branch would not drop it, and would tell the kernel that the
/// cell is done, as its parent does.
#[must_use = "the leash ends where this value is dropped"]
pub trait Leash: fmt::Display + fmt::Debug {}

impl Leash for Held {}

/// Holds the children that this process forks.
struct Held {
    parent: Pid,
    limit: Duration,
    /// The process ids of the children, four bytes each.
    registered: File,
    /// Our copy of the other end.
    register: Option<OwnedFd>,
    /// The children know their numbers, so they must stay open.
    _held_for_children: (EventFd, File),
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.parent != getpid() {
            left_its_branch();
        }
        atfork::untie();
        // From here on only children hold this end. When none of them does any
        // more, the pipe says so.
        drop(self.register.take());
        self.end_children();
    }
}

impl Held {
    fn tie(limit: Duration) -> io::Result<Self> {
        let (registered, register) =
            pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        let flags = EfdFlags::EFD_CLOEXEC
            | EfdFlags::EFD_NONBLOCK
            | EfdFlags::EFD_SEMAPHORE;
        let places = EventFd::from_value_and_flags(MOST, flags)?;
        let null = File::open("/dev/null")?;
        let tether = atfork::Tether {
            limit,
            register: register.as_raw_fd(),
            places: places.as_fd().as_raw_fd(),
            null: null.as_raw_fd(),
        };
        if !atfork::tie(tether)? {
            let text = "поводок уже есть: он держит все вызовы fork() этого процесса; \
                    отпустите прежний – drop(переменная)";
            return Err(io::Error::new(ErrorKind::ResourceBusy, text));
        }
        Ok(Self {
            parent: getpid(),
            limit,
            registered: File::from(registered),
            register: Some(register),
            _held_for_children: (places, null),
        })
    }

    fn end_children(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut pid = [0; 4];
            match self.registered.read(&mut pid) {
                // Every child has ended.
                Ok(0) => break,
                // A child of a child is not ours to reap; it dies with its
                // parent. Nor is one that the cell has waited for.
                Ok(_) => {
                    let pid = Pid::from_raw(i32::from_ne_bytes(pid));
                    wait::kill_and_reap(pid);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // One is on its way into the register, or dying with its
                // parent, or about to call `exec`.
                Err(_) => {
                    let left =
                        deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    self.wait_for_news(left);
                }
            }
        }
    }

    fn wait_for_news(&self, limit: Duration) {
        let limit = limit + Duration::from_millis(1);
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        let fd = self.registered.as_fd();
        let _ = poll(&mut [PollFd::new(fd, PollFlags::POLLIN)], limit);
    }
}

/// Ends a child that was about to return into its parent's program.
fn left_its_branch() -> ! {
    let mut line = [0; 256];
    let mut rest = &mut line[..];
    // A buffer on the stack: nothing here allocates.
    let _ = writeln!(
        rest,
        "потомок {} вышел из своей ветки и завершён с кодом \
         {LEFT_ITS_BRANCH}: ветку Child кончает _exit(0)",
        getpid()
    );
    let left = rest.len();
    atfork::write(libc::STDERR_FILENO, &line[..line.len() - left]);
    exit_now(LEFT_ITS_BRANCH)
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leash")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = display::seconds(self.limit);
        write!(
            f,
            "поводок: потомок живёт не дольше {limit}, умирает вместе \
             с ядром блокнота и не возвращается в него"
        )
    }
}
