//! A tokio runtime for cells.
//!
//! A cell with a top-level `.await` makes evcxr wrap every later cell into a
//! generic `block_on`, which is compiled anew each time. The lessons hold the
//! runtime in a variable instead and call [`block_on`].

mod interruption;

use std::io;
use std::pin::{Pin, pin};

use tokio::runtime::{Builder, Runtime};

/// Makes a runtime with two worker threads, timers and sockets.
///
/// The threads are called `netlab-rt`. Dropping the runtime ends its tasks.
///
/// # Errors
///
/// Fails if the threads or the epoll instance cannot be made.
///
/// # Examples
///
/// ```
/// let rt = netlab::runtime()?;
/// let task = rt.spawn(async { 6 * 7 });
/// assert_eq!(netlab::block_on(&rt, task)?, 42);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("netlab-rt")
        .enable_all()
        .build()
}

/// Runs a future to its end and returns its value.
///
/// Does what [`Runtime::block_on`] does, but the part that costs compile time
/// is not generic: it is compiled once, in this crate, not in each cell.
///
/// The interrupt button of the lab's kernel ends it by a panic, so that the
/// variables of earlier cells stay. For that a thread `netlab-stop` waits beside
/// it in [`poll(2)`].
///
/// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
///
/// # Panics
///
/// Panics if it is called from within a task, as `Runtime::block_on` does, if
/// the future panics, and if the cell is interrupted.
///
/// # Examples
///
/// ```
/// use netlab::tokio::time::{Duration, timeout};
///
/// let rt = netlab::runtime()?;
/// let late = netlab::block_on(&rt, async {
///     timeout(Duration::from_millis(1), std::future::pending::<()>()).await
/// });
/// assert!(late.is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn block_on<T>(rt: &Runtime, future: impl Future<Output = T>) -> T {
    let mut value = None;
    drive(rt, pin!(async { value = Some(future.await) }));
    value.expect("`drive` returns when the future is done")
}

/// The engine of [`block_on`], the same for all futures.
fn drive(rt: &Runtime, future: Pin<&mut dyn Future<Output = ()>>) {
    // Without a thread or a descriptor for it there is no interrupt; that is no
    // reason not to run the future.
    let Ok((_watch, interruption)) = interruption::watch() else {
        return rt.block_on(future);
    };
    let done = rt.block_on(async {
        tokio::select! {
            biased;
            () = future => true,
            Ok(()) = interruption => false,
        }
    });
    assert!(done, "ожидание прервано");
}
