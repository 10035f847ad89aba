//! What JupyterLab has to say: for a file, and for people when it fails.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// How many lines of it a person is shown.
const SHOWN: usize = 15;

/// Begins a log at `path`; that of the last time is kept beside it.
///
/// # Errors
///
/// When the file can't be made.
pub(super) fn begin(path: &Path) -> Result<File> {
    let _ = fs::rename(path, path.with_extension("old.log"));
    File::options()
        .create(true)
        .append(true)
        // The token stands in it.
        .mode(0o600)
        .open(path)
        .with_context(|| format!("can't write {}", path.display()))
}

/// The last lines, where most often the reason of an end stands.
pub(super) fn end(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn log_of_the_last_time_is_kept_once() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("lab.log");
        for time in ["first", "second", "third"] {
            begin(&path).unwrap().write_all(time.as_bytes()).unwrap();
        }
        let old = fs::read_to_string(directory.path().join("lab.old.log"));
        assert_eq!(fs::read_to_string(path).unwrap(), "third");
        assert_eq!(old.unwrap(), "second");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn end_of_a_log_is_short() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("lab.log");
        let lines: Vec<_> = (0..100).map(|n| format!("line {n}\n")).collect();
        fs::write(&path, lines.concat()).unwrap();
        let end = end(&path);
        assert_eq!(end.lines().count(), SHOWN);
        assert!(end.ends_with("line 99"), "{end}");
    }

    #[test]
    fn end_of_no_log_is_empty() {
        assert_eq!(end(Path::new("no/such/log")), "");
    }
}
