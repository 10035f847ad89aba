//! Notices the interrupt of a cell while the cell waits for a task.
//!
//! The lab's kernel interrupts a cell by letting its blocking system calls
//! fail with `ECANCELED`. A thread that drives a future makes none: it sleeps
//! in `futex(2)`, which cannot fail. So a second thread waits in `poll(2)`,
//! and that one can.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use tokio::sync::oneshot;

/// A thread `netlab-stop` that waits for the interrupt; it ends when this is
/// dropped.
pub(super) struct Watch {
    over: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
}

/// Starts to watch. The receiver hears of an interrupt; it hears an error when
/// there will be none.
pub(super) fn watch() -> io::Result<(Watch, oneshot::Receiver<()>)> {
    let over = Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC)?);
    let (interrupted, interruption) = oneshot::channel();
    let watched = Arc::clone(&over);
    let thread = thread::Builder::new()
        .name("netlab-stop".to_owned())
        .spawn(move || {
            if wait(&watched) == Err(Errno::ECANCELED) {
                let _ = interrupted.send(());
            }
        })?;
    let watch = Watch {
        over,
        thread: Some(thread),
    };
    Ok((watch, interruption))
}

/// Sleeps until the watch is over.
fn wait(over: &EventFd) -> Result<(), Errno> {
    loop {
        let mut descriptors = [PollFd::new(over.as_fd(), PollFlags::POLLIN)];
        match poll(&mut descriptors, PollTimeout::NONE) {
            // A signal that means something else.
            Err(Errno::EINTR) => {}
            ended => return ended.map(drop),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Only an overflow of the counter could make this fail.
        let _ = self.over.write(1);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
