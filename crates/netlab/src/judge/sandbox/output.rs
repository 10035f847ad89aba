//! What the function of a student prints: taken aside, so that it neither
//! waits for a reader nor stands above the verdict.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::pipe2;
use parking_lot::Mutex;

/// How much of it is kept, in bytes.
const KEPT: usize = 4096;

/// Reads what is printed, until it is dropped.
#[derive(Debug)]
pub(super) struct Output {
    kept: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
    /// Its end tells the reader to stop, whoever still holds the other pipe.
    stop: Option<OwnedFd>,
}

impl Output {
    /// Starts a reader; the other end is for the child.
    pub(super) fn pipe() -> io::Result<(Self, OwnedFd)> {
        let (printed, writer) = pipe2(OFlag::O_CLOEXEC)?;
        let (stopped, stop) = pipe2(OFlag::O_CLOEXEC)?;
        let kept = Arc::default();
        let into = Arc::clone(&kept);
        let reader = thread::Builder::new()
            .name("judge-output".to_owned())
            .spawn(move || read(File::from(printed), &stopped, &into))?;
        let output = Self {
            kept,
            reader: Some(reader),
            stop: Some(stop),
        };
        Ok((output, writer))
    }

    /// What has been printed until now, its beginning; nothing is read any
    /// more.
    pub(super) fn finish(&mut self) -> String {
        drop(self.stop.take());
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        String::from_utf8_lossy(&self.kept.lock()).into_owned()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.finish();
    }
}

fn read(mut printed: File, stopped: &OwnedFd, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    loop {
        let [can_read, stop] = {
            let mut both = [
                PollFd::new(printed.as_fd(), PollFlags::POLLIN),
                PollFd::new(stopped.as_fd(), PollFlags::POLLIN),
            ];
            let _ = poll(&mut both, PollTimeout::NONE);
            both.map(|end| end.any().unwrap_or(false))
        };
        if !can_read && stop {
            return;
        }
        if !can_read {
            continue;
        }
        match printed.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => {
                let mut kept = kept.lock();
                let room = KEPT.saturating_sub(kept.len()).min(count);
                kept.extend(&buffer[..room]);
            }
        }
        // A child that prints without end must not keep the judge.
        if stop {
            return;
        }
    }
}
