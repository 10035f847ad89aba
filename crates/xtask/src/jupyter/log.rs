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

/// The last lines that tell of something wrong, where most often the reason of
/// an end stands; empty if there is none.
///
/// What goes well is left out, and so is the notice of where the lab is: a
/// terminal is shown to others, and the token stands in it.
pub(super) fn end(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().filter(|line| is_news(line)).collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}

/// Whether a line is neither of what goes well nor of the notice.
fn is_news(line: &str) -> bool {
    const NOTICE: [&str; 4] = [
        "To access the server",
        "-open.html",
        "Or copy and paste",
        "token=",
    ];
    let is_head_only =
        line.starts_with("[C ") && line.trim_end().ends_with(']');
    let is_notice = NOTICE.iter().any(|part| line.contains(part));
    !(line.trim().is_empty()
        || line.starts_with("[I ")
        || is_head_only
        || is_notice)
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
    fn end_of_a_log_is_what_went_wrong() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("lab.log");
        let log = "\
[I 2026-11-30 09:28:11.833 ServerApp] Jupyter Server 2.21.1 is running at:
[I 2026-11-30 09:28:11.833 ServerApp] http://localhost:8888/lab?token=0123
[C 2026-11-30 09:28:11.856 ServerApp] 
    
    To access the server, open this file in a browser:
        file:///clone/.lab/jupyter/runtime/jpserver-22315-open.html
    Or copy and paste one of these URLs:
        http://localhost:8888/?token=0123
[C 2026-11-30 09:29:01.000 ServerApp] Port 8888 is taken.
Traceback (most recent call last):
  File \"serve.py\", line 1
[I 2026-11-30 09:29:01.000 ServerApp] Saved.
";
        fs::write(&path, log).unwrap();
        let end = end(&path);
        let lines: Vec<_> = end.lines().collect();
        assert_eq!(lines.len(), 3, "{end}");
        assert!(lines[0].ends_with("is taken."), "{end}");
        assert!(lines[2].ends_with("line 1"), "{end}");
    }

    #[test]
    fn end_of_no_log_is_empty() {
        assert_eq!(end(Path::new("no/such/log")), "");
    }
}
