//! Names that others could open, each for a moment only.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::refusal::explain;

/// Numbers the names of this process. Two cells may run at the same time, in
/// two threads, and must not open each other's.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A name that nobody else uses, without a directory.
pub(super) fn unique() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("netlab-ipc-{}-{number}", process::id())
}

/// A path in the directory for temporary files; what lies there is removed
/// when this is dropped.
#[derive(Debug)]
pub(super) struct TempPath(PathBuf);

impl TempPath {
    pub(super) fn new() -> Self {
        Self(env::temp_dir().join(unique()))
    }

    pub(super) fn as_path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempPath {
    fn drop(&mut self) {
        // There may be nothing yet, if making it has failed.
        let _ = fs::remove_file(&self.0);
    }
}

/// Opens a new temporary file `N` times and removes its name at once.
///
/// The file lives until the last of the `N` is dropped, or its process ends,
/// however it ends. Each `File` is an open of its own: a lock taken through one
/// of them is respected by the others, which a clone would not do.
pub(super) fn nameless_file<const N: usize>() -> io::Result<[File; N]> {
    let path = TempPath::new();
    let mut options = File::options();
    options.read(true).write(true);
    options
        .clone()
        .create_new(true)
        .open(path.as_path())
        .map_err(explain("open"))?;
    let mut files = Vec::with_capacity(N);
    for _ in 0..N {
        files.push(options.open(path.as_path()).map_err(explain("open"))?);
    }
    // The number is right: the loop above has counted to it.
    files
        .try_into()
        .map_err(|_| io::ErrorKind::InvalidData.into())
}
