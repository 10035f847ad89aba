//! Runs something that may block for ever, and says where it is stuck.
//!
//! A deadlock on a slide is worth little if the cell never comes back. The
//! [`guard()`] lets the cell run into it, ends in time, and reports for each
//! thread the system call it waits in and the socket it waits for.

mod family;
mod release;
mod stuck;
mod syscalls;

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

pub(crate) use syscalls::name as syscall_name;

pub use stuck::{Stuck, StuckThread};

/// Numbers the guards. The number is in the name of a guard's thread, and by
/// that name its family is found again: two guards must not share one.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Runs `f` in a thread of its own and waits for it at most `limit`.
///
/// Returns what `f` returns. If `f` is not done in time, the threads of its
/// family are looked up in [`/proc/self/task`] and reported: the thread of `f`
/// and every unnamed thread that it has started (Linux gives them its name).
/// Then those that wait for a socket are freed by [`shutdown(2)`] on it: a
/// blocked `read` returns 0, `write` fails with `EPIPE`, `accept` with
/// `EINVAL`. They have a second to end. A thread that waits for a mutex cannot
/// be freed; it stays until the process ends.
///
/// `f` and what it owns move into the thread. If it returns a `Result` rather
/// than to `unwrap`, being freed makes no noise on stderr.
///
/// [`/proc/self/task`]: https://man7.org/linux/man-pages/man5/proc_pid_task.5.html
/// [`shutdown(2)`]: https://man7.org/linux/man-pages/man2/shutdown.2.html
///
/// # Errors
///
/// [`Stuck`] if `f` was not done in time, and, without running `f`, if `limit`
/// is zero or no thread can be started.
///
/// # Panics
///
/// Goes on with the panic of `f`, if `f` panics in time.
///
/// # Examples
///
/// ```
/// use std::net::TcpListener;
/// use std::time::Duration;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// // Nobody connects, so `accept` would wait for ever.
/// let stuck = netlab::guard(Duration::from_millis(50), move || listener.accept()).unwrap_err();
/// assert!(stuck.released);
/// println!("{stuck}");
///
/// assert_eq!(netlab::guard(Duration::from_secs(5), || 6 * 7)?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn guard<T: Send + 'static>(
    limit: Duration,
    f: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stuck> {
    if limit.is_zero() {
        return Err(Stuck::not_run(
            "предел времени равен нулю: guard не успел бы и начать",
        ));
    }
    let name = format!("guard-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let (sender, done) = mpsc::channel();
    let thread = thread::Builder::new().name(name.clone()).spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(f));
        // The guard may have given up; then nobody wants the result any more.
        let _ = sender.send(result);
    });
    let thread = match thread {
        Ok(thread) => thread,
        Err(error) => {
            return Err(Stuck::not_run(&format!(
                "система не дала потока: {error}"
            )));
        }
    };
    let result = done.recv_timeout(limit).or_else(|_| {
        let threads = family::observe(&name);
        // The last moment counts: it may have ended while we looked.
        done.try_recv()
            .map_err(|_| release::release(&name, limit, threads))
    })?;
    let _ = thread.join();
    result.or_else(|panic| panic::resume_unwind(panic))
}
