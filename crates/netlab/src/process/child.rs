//! Runs a closure in a child process.

use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::wait::WaitStatus;
use nix::unistd::{Pid, getpid};

use super::fork::{self, Birth};
use super::message::{self, Reader, Writer};
use super::wait::{self, Look};

/// The exit code of a child that has left a message.
const FAILED: i32 = 1;

/// How much longer than its limit a child is waited for. The alarm ends it at
/// the limit; a child that is stopped does not hear the alarm.
const GRACE: Duration = Duration::from_millis(200);

/// Runs `body` in a child process, for at most `limit`.
///
/// Corresponds to [`fork(2)`]; the child ends with [`_exit(2)`]: code 0 if
/// `body` returned `Ok`. An `Err` or a panic becomes a message, which reaches
/// [`ChildProcess::wait`] through a pipe, and code 1. In no case does the child
/// return into the caller.
///
/// After `limit` an alarm ([`setitimer(2)`]) ends the child. It also dies when
/// the thread that forked it ends ([`PR_SET_PDEATHSIG`]), so call this in the
/// cell itself and not in a short-lived thread.
///
/// The child has a copy of everything: memory, and **every open descriptor**,
/// those of other cells included. Nothing is closed here, because pipes and
/// shared memory are there to be inherited. As long as the child lives it keeps
/// the other end of your pipe open: whoever waits for an end of stream must
/// close the ends that it does not need, in both processes. Output by
/// `println!` appears if it is a whole line; what is left in a buffer is lost.
/// For what else `body` should avoid see the [module](super).
///
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
/// [`_exit(2)`]: https://man7.org/linux/man-pages/man2/_exit.2.html
/// [`setitimer(2)`]: https://man7.org/linux/man-pages/man2/setitimer.2.html
/// [`PR_SET_PDEATHSIG`]: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
///
/// # Errors
///
/// - `InvalidInput`: `limit` is zero.
/// - `WouldBlock`: the system allows no further process (`EAGAIN`).
/// - There is no memory or no descriptor for the child and its pipe.
///
/// # Examples
///
/// ```
/// use netlab::process;
/// use std::io::{Read, Write};
/// use std::time::Duration;
///
/// let (mut reader, mut writer) = std::io::pipe()?;
/// let child = process::in_child(Duration::from_secs(5), || {
///     writer.write_all(b"ping")
/// })?;
/// drop(writer); // Ours; the child has its own.
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!(text, "ping");
/// child.wait()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn in_child(
    limit: Duration,
    body: impl FnOnce() -> io::Result<()>,
) -> io::Result<ChildProcess> {
    if limit.is_zero() {
        let text = "предел времени равен нулю: потомок не успел бы и начать";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let (reader, writer) = message::pipe().map_err(fork::unprepared)?;
    let birth = Birth {
        name: c"netlab-child",
        limit: Some(limit),
        dies_with_parent: true,
    };
    let forked = Instant::now();
    let pid = fork::fork_off(birth, || run(body, writer));
    Ok(ChildProcess {
        pid: pid.map_err(fork::refused)?,
        parent: getpid(),
        limit,
        // A limit beyond the end of the clock is no limit.
        deadline: forked.checked_add(limit.saturating_add(GRACE)),
        message: reader,
        reaped: false,
    })
}

/// The life of the child.
fn run(body: impl FnOnce() -> io::Result<()>, message: Writer) -> i32 {
    // The usual hook would print the panic, and a backtrace, under the cell.
    // The parent gets the text anyway.
    panic::set_hook(Box::new(|_| {}));
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return 0,
        Ok(Err(error)) => message.error(&error),
        Err(panic) => message.panic(&*panic),
    }
    FAILED
}

/// A child process that [`in_child`] has started.
///
/// Dropping it kills the child, if it still runs, and reaps it: there is never
/// a zombie left.
pub struct ChildProcess {
    pid: Pid,
    /// Who may wait for it. A copy of this value in a forked process is not
    /// the child's parent.
    parent: Pid,
    limit: Duration,
    deadline: Option<Instant>,
    message: Reader,
    reaped: bool,
}

impl ChildProcess {
    /// Returns the process id of the child.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let child = netlab::process::in_child(Duration::from_secs(5), || Ok(()))?;
    /// assert_ne!(child.pid(), netlab::nix::unistd::getpid());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Tells whether the child has not ended yet; a stopped child has not.
    ///
    /// Corresponds to [`waitid(2)`] with `WNOHANG | WNOWAIT`: it looks and does
    /// not reap.
    ///
    /// [`waitid(2)`]: https://man7.org/linux/man-pages/man2/waitid.2.html
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let child = netlab::process::in_child(Duration::from_secs(60), || loop {
    ///     std::thread::park();
    /// })?;
    /// assert!(child.is_running());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_running(&self) -> bool {
        wait::look(self.pid) == Look::Alive
    }

    /// Waits until the child has ended and reaps it: [`waitpid(2)`].
    ///
    /// Waits no longer than the limit given to [`in_child`]; then the child is
    /// killed.
    ///
    /// [`waitpid(2)`]: https://man7.org/linux/man-pages/man2/waitpid.2.html
    ///
    /// # Errors
    ///
    /// - The text of the error or of the panic of the child. If the error came
    ///   from the system, the kind is the same.
    /// - `TimedOut`: the child was not done in time.
    /// - The child was killed by a signal, ended with a code of its own, or was
    ///   reaped by somebody else.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::process;
    /// use std::{io, time::Duration};
    ///
    /// let limit = Duration::from_secs(5);
    /// process::in_child(limit, || Ok(()))?.wait()?;
    ///
    /// let child = process::in_child(limit, || Err(io::Error::other("no luck")))?;
    /// assert!(child.wait().unwrap_err().to_string().contains("no luck"));
    /// # Ok::<(), io::Error>(())
    /// ```
    pub fn wait(mut self) -> io::Result<()> {
        let in_time = match self.deadline {
            Some(deadline) => wait::wait_for_end(self.pid, deadline),
            None => true,
        };
        let status = if in_time {
            wait::reap(self.pid)
        } else {
            wait::kill_and_reap(self.pid)
        };
        self.reaped = true;
        self.judge(in_time, status)
    }

    fn judge(
        &mut self,
        in_time: bool,
        status: Option<WaitStatus>,
    ) -> io::Result<()> {
        let pid = self.pid;
        let Some(status) = status else {
            let text = format!(
                "потомок {pid} уже забран другим вызовом wait: \
                 чем он кончился, неизвестно"
            );
            return Err(io::Error::other(text));
        };
        let alarm =
            matches!(status, WaitStatus::Signaled(_, Signal::SIGALRM, _));
        match status {
            WaitStatus::Exited(_, 0) => Ok(()),
            _ if alarm || !in_time => {
                let limit = crate::display::seconds(self.limit);
                let text =
                    format!("потомок {pid} не закончил за {limit} и убит");
                Err(io::Error::new(io::ErrorKind::TimedOut, text))
            }
            WaitStatus::Exited(_, FAILED) => Err(self.read_message()),
            _ => {
                let how = wait::in_words(status);
                Err(io::Error::other(format!("потомок {pid} {how}")))
            }
        }
    }

    /// Reads what the child has left in the pipe.
    fn read_message(&mut self) -> io::Error {
        let pid = self.pid;
        match self.message.read() {
            Some((kind, text)) => {
                io::Error::new(kind, format!("у потомка {pid}: {text}"))
            }
            None => io::Error::other(format!(
                "потомок {pid} завершился с кодом {FAILED}"
            )),
        }
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        if !self.reaped && self.parent == getpid() {
            wait::kill_and_reap(self.pid);
        }
    }
}

impl fmt::Debug for ChildProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildProcess")
            .field("pid", &self.pid)
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ChildProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_running() {
            "работает"
        } else {
            "завершился"
        };
        write!(f, "потомок {} {state}", self.pid)
    }
}
