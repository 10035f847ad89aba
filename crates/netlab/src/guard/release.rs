//! Frees the threads of a guard from the sockets they wait for.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{Shutdown, shutdown};

use super::family;
use super::stuck::{Stuck, StuckThread};

/// How long freed threads may take to end.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often they are looked at meanwhile.
const LOOK: Duration = Duration::from_millis(10);

/// Frees what can be freed and waits until the family has ended.
pub(super) fn release(
    name: &str,
    limit: Duration,
    threads: Vec<StuckThread>,
) -> Stuck {
    let deadline = Instant::now() + PATIENCE;
    let mut blocked = threads.clone();
    let mut released = true;
    while family::lives(name) {
        if Instant::now() >= deadline {
            released = false;
            break;
        }
        blocked.iter().for_each(wake);
        // There is no event for "a thread that I have no handle of has ended",
        // so this one place looks again and again, for a second at most.
        thread::park_timeout(LOOK);
        // A freed thread may have gone on to wait for the next socket.
        blocked = family::observe(name);
    }
    Stuck::in_threads(limit, threads, released)
}

/// Shuts the socket down that a thread waits for.
///
/// `shutdown(2)` takes a descriptor that this code does not own. It acts on
/// sockets only, everything else is refused with `ENOTSOCK`, and no data of a
/// file can be lost by it.
fn wake(thread: &StuckThread) {
    if let Some(fd) = thread.fd {
        let _ = shutdown(fd, Shutdown::Both);
    }
}
