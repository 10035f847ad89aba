//! The files of the rendezvous.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use procfs::process::Process;

/// Numbers the entries of this process. A cell that is run again publishes the
/// same address from the same process; only this tells the two entries apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// An address and the process that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) addr: SocketAddr,
    pid: i32,
    /// When the process started, in clock ticks after boot. Process ids are
    /// used again; the pair is unique.
    started: u64,
    number: u64,
}

impl Entry {
    pub(super) fn of_this_process(addr: SocketAddr) -> io::Result<Self> {
        let stat = Process::myself()
            .and_then(|process| process.stat())
            .map_err(io::Error::other)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            addr,
            pid: stat.pid,
            started: stat.starttime,
            number,
        })
    }

    pub(super) fn process_lives(&self) -> bool {
        let stat = Process::new(self.pid).and_then(|process| process.stat());
        // A zombie has ended; nobody has asked for its exit code yet.
        stat.is_ok_and(|stat| {
            stat.starttime == self.started && stat.state != 'Z'
        })
    }

    fn to_line(&self) -> String {
        let Self {
            addr,
            pid,
            started,
            number,
        } = self;
        format!("{addr} {pid} {started} {number}\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let entry = Self {
            addr: words.next()?.parse().ok()?,
            pid: words.next()?.parse().ok()?,
            started: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(entry)
    }
}

/// The directory of the entries, one file per name.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Opens the directory and makes it if need be, for this user only.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|error| explain(&path, &error))?;
        // The directory for temporary files is everybody's: another user may
        // have made ours first, in order to send our clients elsewhere.
        let metadata =
            fs::metadata(&path).map_err(|error| explain(&path, &error))?;
        if metadata.uid() != nix::unistd::geteuid().as_raw() {
            let text = format!(
                "каталог {} принадлежит другому пользователю",
                path.display()
            );
            return Err(io::Error::new(ErrorKind::PermissionDenied, text));
        }
        Ok(Self { path })
    }

    pub(super) fn write(&self, name: &str, entry: &Entry) -> io::Result<()> {
        let _lock = self.lock()?;
        // Names have no dots, so this cannot be anybody's entry.
        let draft = self
            .path
            .join(format!(".{name}.{}.{}", entry.pid, entry.number));
        fs::write(&draft, entry.to_line())?;
        fs::rename(&draft, self.path.join(name))
    }

    /// Reads an entry; `None` if there is none, or none that makes sense.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Entry>> {
        match fs::read_to_string(self.path.join(name)) {
            Ok(line) => Ok(Entry::parse(&line)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(explain(&self.path, &error)),
        }
    }

    /// Removes an entry if it satisfies the condition.
    pub(super) fn remove_if(
        &self,
        name: &str,
        condition: impl FnOnce(&Entry) -> bool,
    ) -> io::Result<()> {
        // Without the lock the entry could be replaced between the look and
        // the removal, and the new one would be lost.
        let _lock = self.lock()?;
        match self.read(name)? {
            Some(entry) if condition(&entry) => {
                fs::remove_file(self.path.join(name))
            }
            _ => Ok(()),
        }
    }

    /// Removes the entries of processes that have ended.
    pub(super) fn sweep(&self) -> io::Result<()> {
        for file in fs::read_dir(&self.path)? {
            let name = file?.file_name();
            let Some(name) =
                name.to_str().filter(|name| !name.starts_with('.'))
            else {
                continue;
            };
            self.remove_if(name, |entry| !entry.process_lives())?;
        }
        Ok(())
    }

    /// Makes the writers of this directory take turns: `flock(2)`. The lock is
    /// held until the file is dropped, and the system gives it back if the
    /// process dies.
    fn lock(&self) -> io::Result<File> {
        let path = self.path.join(".lock");
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).mode(0o600).open(path)?;
        file.lock()?;
        Ok(file)
    }
}

fn explain(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("каталог {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_survives_the_file() -> io::Result<()> {
        let entry =
            Entry::of_this_process(SocketAddr::from(([127, 0, 0, 1], 5)))?;
        assert_eq!(Entry::parse(&entry.to_line()), Some(entry.clone()));
        assert!(entry.process_lives());
        Ok(())
    }

    #[test]
    fn anything_else_is_no_entry() {
        for line in [
            "",
            "127.0.0.1:1",
            "127.0.0.1:1 2 3",
            "127.0.0.1:1 2 3 4 5",
            "x 2 3 4",
        ] {
            assert_eq!(Entry::parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn same_pid_with_another_start_time_is_another_process() -> io::Result<()> {
        let mut entry =
            Entry::of_this_process(SocketAddr::from(([127, 0, 0, 1], 5)))?;
        entry.started += 1;
        assert!(!entry.process_lives());
        Ok(())
    }
}
