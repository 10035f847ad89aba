//! One at a time: what two `cargo lab` must not do together.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

/// A lock on a file, until it is dropped or its process ends in any way.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock; says `waiting` and waits where somebody else has it.
    ///
    /// Corresponds to [`flock(2)`](https://man7.org/linux/man-pages/man2/flock.2.html).
    /// A file system without locks (some network drives) gives one to
    /// everybody: the lab works there, only two of them at the same moment
    /// don't see each other.
    ///
    /// # Errors
    ///
    /// When the file can't be made.
    pub(crate) fn take(path: &Path, waiting: &str) -> Result<Self> {
        let directory = path.parent().expect("a file lies in a directory");
        fs::create_dir_all(directory)
            .with_context(|| format!("can't make {}", directory.display()))?;
        let file = File::create(path)
            .with_context(|| format!("can't write {}", path.display()))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            eprintln!("{waiting}");
            let _ = file.lock();
        }
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn second_waits_until_the_first_lets_go() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("below/lock");
        let first = Lock::take(&path, "").unwrap();
        let (has_it, second) = mpsc::channel();
        let waiting = thread::spawn(move || {
            let lock = Lock::take(&path, "waiting");
            has_it.send(()).unwrap();
            lock
        });
        let early = second.recv_timeout(Duration::from_millis(100));
        assert!(early.is_err(), "two have it at once");
        drop(first);
        second.recv_timeout(Duration::from_secs(5)).unwrap();
        waiting.join().unwrap().unwrap();
    }
}
