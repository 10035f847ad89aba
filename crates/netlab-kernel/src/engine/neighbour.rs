//! Other notebooks on this machine: whose kernel a process belongs to.

use std::path::Path;

use procfs::process::Process;

use super::notebook::{SESSION, file_name, noted};
use crate::build_dir::BuildDir;

/// How far up the parents of a process are looked at.
const GENERATIONS: usize = 8;

/// The longest command line that is shown.
const COMMAND: usize = 60;

/// Who owns something that a cell wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Neighbour {
    /// A notebook, by the name of its file if that is known.
    Notebook(Option<String>),
    Process {
        pid: i32,
        command: String,
    },
}

/// Who the process is; other kernels of ours build beside `build_dir`.
pub(super) fn of(pid: i32, build_dir: &Path) -> Neighbour {
    let mut process = Process::new(pid).ok();
    for _ in 0..GENERATIONS {
        let Some(own) = &process else { break };
        let dir = build_dir.parent().and_then(|root| BuildDir::of(root, own));
        if let Some(dir) = dir {
            return Neighbour::Notebook(noted(&dir));
        }
        let parent = own.stat().ok().map(|stat| stat.ppid);
        process = parent.and_then(|pid| Process::new(pid).ok());
    }
    let session = Process::new(pid).ok().and_then(|process| {
        let variables = process.environ().ok()?;
        let session = variables.get(std::ffi::OsStr::new(SESSION))?;
        file_name(&session.to_string_lossy())
    });
    match session {
        Some(name) => Neighbour::Notebook(Some(name)),
        None => Neighbour::Process {
            pid,
            command: command(pid),
        },
    }
}

fn command(pid: i32) -> String {
    let Ok(process) = Process::new(pid) else {
        return String::new();
    };
    let line = process.cmdline().unwrap_or_default().join(" ");
    let line = match line.trim() {
        "" => process.stat().map(|stat| stat.comm).unwrap_or_default(),
        line => line.to_owned(),
    };
    match line.char_indices().nth(COMMAND) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_of_nobody_is_named_by_its_command() {
        let own = i32::try_from(std::process::id()).unwrap();
        let neighbour = of(own, Path::new("/nowhere/kernel-1-1"));
        let Neighbour::Process { pid, command } = neighbour else {
            panic!("{neighbour:?}")
        };
        assert_eq!(pid, own);
        assert!(!command.is_empty());
    }

    #[test]
    fn process_of_a_kernel_is_named_by_its_notebook() {
        let root = tempfile::tempdir().unwrap();
        let dir = BuildDir::make(root.path(), None).unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        let beside = root.path().join("kernel-1-1");
        assert_eq!(of(own, &beside), Neighbour::Notebook(None));
        let notebook = super::super::notebook::Notebook::default();
        notebook.set("/a б/02.ipynb");
        notebook.note(dir.path());
        let named = Neighbour::Notebook(Some("02.ipynb".into()));
        assert_eq!(of(own, &beside), named);
    }
}
