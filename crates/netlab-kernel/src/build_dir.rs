//! A build directory per kernel.
//!
//! Two kernels must never share one: each writes its cell into the same
//! `src/lib.rs` without a lock, so one would load what the other compiled.
//! A directory carries the process id and the start time of its kernel in its
//! name; that is how a later kernel tells that the owner is dead and cleans up.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use procfs::process::Process;
use walkdir::{DirEntry, WalkDir};

/// The directory in which one kernel compiles its cells.
pub(crate) struct BuildDir(PathBuf);

impl BuildDir {
    /// Makes the directory of this process below `root`, from a copy of `seed`
    /// if there is one.
    ///
    /// Compiled dependencies are hard links (`link(2)`), which takes
    /// milliseconds for a hundred megabytes; what cargo rewrites in place is
    /// copied, because a link would let one kernel spoil the seed for all.
    pub(crate) fn make(root: &Path, seed: Option<&Path>) -> Result<Self> {
        let path = root.join(owner(&Process::myself()?)?);
        fs::create_dir_all(&path).with_context(|| {
            format!("can't make the build directory {}", path.display())
        })?;
        if let Some(seed) = seed.filter(|seed| seed.is_dir()) {
            copy_seed(seed, &path).with_context(|| {
                format!("can't start from {}", seed.display())
            })?;
        }
        Ok(Self(path))
    }

    /// The directory that this process has, or will have, below `root`.
    pub(crate) fn planned(root: &Path) -> Result<PathBuf> {
        Ok(root.join(owner(&Process::myself()?)?))
    }

    /// The directory of another process below `root`, if it has one.
    pub(crate) fn of(root: &Path, process: &Process) -> Option<PathBuf> {
        let path = root.join(owner(process).ok()?);
        path.is_dir().then_some(path)
    }

    /// Takes over `path` if it was made for this very process.
    ///
    /// A kernel that somebody starts from within a cell inherits the
    /// environment of its parent, but must not inherit its directory.
    pub(crate) fn adopt(path: PathBuf) -> Option<Self> {
        let own = owner(&Process::myself().ok()?).ok()?;
        (path.file_name()?.to_str()? == own).then_some(Self(path))
    }

    /// Removes the directories below `root` whose kernels are dead.
    pub(crate) fn collect_dead(root: &Path) -> Result<()> {
        fs::create_dir_all(root)
            .with_context(|| format!("can't make {}", root.display()))?;
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(owner_is_dead) {
                // Another kernel that starts now may be faster: no error.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }

    /// Where the directory is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes the directory; says whether nothing is left of it.
    pub(crate) fn try_remove(&self) -> bool {
        let _ = fs::remove_dir_all(&self.0);
        !self.0.exists()
    }

    /// Removes the directory. A failure is not reported: the next kernel that
    /// starts collects what is left.
    pub(crate) fn remove(self) {
        let _ = fs::remove_dir_all(self.0);
    }
}

/// `kernel-PID-STARTTIME`, unique for as long as the machine is up: process
/// ids come back, but not with the same start time (`proc_pid_stat(5)`).
fn owner(process: &Process) -> Result<String> {
    let stat = process.stat()?;
    Ok(format!("kernel-{}-{}", stat.pid, stat.starttime))
}

fn owner_is_dead(name: &str) -> bool {
    let Some((pid, _)) = name
        .strip_prefix("kernel-")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let Ok(pid) = pid.parse() else { return false };
    !Process::new(pid)
        .map_err(anyhow::Error::from)
        .and_then(|process| {
            // Nobody may ever collect a dead process whose parent is gone.
            let dead = process.stat()?.state == 'Z';
            Ok((owner(&process)?, dead))
        })
        .is_ok_and(|(there, dead)| there == name && !dead)
}

fn copy_seed(seed: &Path, to: &Path) -> Result<()> {
    let entries = WalkDir::new(seed)
        .into_iter()
        .filter_entry(|entry| !belongs_to_the_cells(entry));
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(seed)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else if !is_compiled(entry.path())
            || fs::hard_link(entry.path(), &target).is_err()
        {
            copy_with_times(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// What the seed's own cells left behind: of no use, and `libctx.so` would be
/// taken for the result of this kernel's first cell.
fn belongs_to_the_cells(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name == "incremental"
        || name == "src"
        || name == "Cargo.toml"
        || ["libctx", "libcode_", "ctx-", "ctx.", ".evcxr"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

fn is_compiled(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["rlib", "rmeta", "so"].iter().any(|known| ending == *known)
    })
}

/// Copies a file together with its modification time: cargo compares times,
/// and a dependency that looks newer than its dependents is built again.
fn copy_with_times(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    fs::File::options()
        .write(true)
        .open(to)?
        .set_modified(modified)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed_with(files: &[&str]) -> tempfile::TempDir {
        let seed = tempfile::tempdir().unwrap();
        for file in files {
            let path = seed.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        seed
    }

    #[test]
    fn dependencies_are_linked_and_fingerprints_are_copied() {
        use std::os::unix::fs::MetadataExt;

        let seed = seed_with(&[
            "target/deps/libtokio.rlib",
            "target/.fingerprint/tokio/hash",
        ]);
        let root = tempfile::tempdir().unwrap();
        let dir = BuildDir::make(root.path(), Some(seed.path())).unwrap();

        let links =
            |file: &str| fs::metadata(dir.path().join(file)).unwrap().nlink();
        assert_eq!(links("target/deps/libtokio.rlib"), 2);
        assert_eq!(links("target/.fingerprint/tokio/hash"), 1);
    }

    #[test]
    fn cells_of_the_seed_stay_behind() {
        let seed = seed_with(&[
            "src/lib.rs",
            "Cargo.toml",
            "Cargo.lock",
            "target/libctx.so",
        ]);
        let root = tempfile::tempdir().unwrap();
        let dir = BuildDir::make(root.path(), Some(seed.path())).unwrap();

        assert!(dir.path().join("Cargo.lock").exists());
        for left_out in ["src", "Cargo.toml", "target/libctx.so"] {
            assert!(!dir.path().join(left_out).exists(), "{left_out}");
        }
    }

    #[test]
    fn copied_files_keep_their_modification_time() {
        let seed = seed_with(&["target/.fingerprint/tokio/hash"]);
        let old = std::time::SystemTime::UNIX_EPOCH
            + std::time::Duration::from_secs(1_000_000);
        let hash = seed.path().join("target/.fingerprint/tokio/hash");
        fs::File::options()
            .write(true)
            .open(hash)
            .unwrap()
            .set_modified(old)
            .unwrap();
        let root = tempfile::tempdir().unwrap();
        let dir = BuildDir::make(root.path(), Some(seed.path())).unwrap();

        let copy =
            fs::metadata(dir.path().join("target/.fingerprint/tokio/hash"))
                .unwrap();
        assert_eq!(copy.modified().unwrap(), old);
    }

    #[test]
    fn only_directories_of_dead_kernels_are_collected() {
        let root = tempfile::tempdir().unwrap();
        let living = BuildDir::make(root.path(), None).unwrap();
        let myself = Process::myself().unwrap().stat().unwrap();
        let reused_pid = root.path().join(format!("kernel-{}-1", myself.pid));
        let no_such_pid = root.path().join("kernel-4194305-1");
        let seed = root.path().join("seed");
        for dir in [&reused_pid, &no_such_pid, &seed] {
            fs::create_dir(dir).unwrap();
        }

        BuildDir::collect_dead(root.path()).unwrap();

        assert!(living.path().exists());
        assert!(seed.exists());
        assert!(!reused_pid.exists());
        assert!(!no_such_pid.exists());
    }

    #[test]
    fn directory_of_another_process_is_not_adopted() {
        let root = tempfile::tempdir().unwrap();
        let own = BuildDir::make(root.path(), None).unwrap();

        assert!(BuildDir::adopt(own.path().to_path_buf()).is_some());
        assert!(BuildDir::adopt(root.path().join("kernel-1-1")).is_none());
    }
}
