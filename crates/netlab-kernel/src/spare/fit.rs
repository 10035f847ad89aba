//! What two kernels must have in common for one to stand for the other.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::engine::package_of;
use crate::front_end::{PRELOAD, SEED};

/// The variables that change how cells are compiled and run.
const VARIABLES: [&str; 10] = [
    "HOME",
    "TMPDIR",
    "CC",
    SEED,
    PRELOAD,
    "NETLAB_BUILD_ROOT",
    "NETLAB_ANALYST",
    "NETLAB_DRIVER",
    "NETLAB_INTERPOSE",
    "XDG_CONFIG_HOME",
];

/// The beginnings of the names of further ones.
const FAMILIES: [&str; 4] = ["RUST", "CARGO", "EVCXR", "LD_"];

/// The programs that compile cells. Jupyter changes the `PATH`, so it is not
/// its text that counts.
const PROGRAMS: [&str; 4] = ["cargo", "rustc", "rustup", "cc"];

/// Size, inode and time of a file, or of no file.
type Stamp = Option<(u64, u64, i64, i64)>;

/// What was found when a kernel started.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fit {
    user: u32,
    directory: PathBuf,
    variables: BTreeMap<String, String>,
    programs: Vec<Option<PathBuf>>,
    files: BTreeMap<PathBuf, Stamp>,
}

impl Fit {
    /// What holds for a kernel that starts as this process did.
    ///
    /// # Errors
    ///
    /// When the working directory or the executable is gone.
    pub(crate) fn of_this_process() -> Result<Self> {
        let matters = |name: &str| {
            VARIABLES.contains(&name)
                || FAMILIES.iter().any(|family| name.starts_with(family))
        };
        Ok(Self {
            user: nix::unistd::geteuid().as_raw(),
            directory: env::current_dir()?,
            variables: env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value))
                })
                .filter(|(name, _)| matters(name))
                .map(|(name, value)| {
                    (name, value.to_string_lossy().into_owned())
                })
                .collect(),
            programs: PROGRAMS.iter().map(|name| find(name)).collect(),
            files: files(&env::current_exe()?)
                .into_iter()
                .map(|file| (file.clone(), stamp(&file)))
                .collect(),
        })
    }

    /// Reads what [`Fit::of_this_process`] was when this process started.
    pub(crate) fn inherited() -> Option<Self> {
        serde_json::from_str(&env::var(super::FIT).ok()?).ok()
    }

    /// For the environment of a process.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether the two differ in nothing but the state of files.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.user == other.user
            && self.directory == other.directory
            && self.variables == other.variables
            && self.programs == other.programs
    }

    /// Whether no file has changed since.
    pub(super) fn is_fresh(&self) -> bool {
        // Files that came since change their directory.
        self.files.iter().all(|(file, then)| stamp(file) == *then)
    }
}

/// The executable, the configuration, the seed, and the helper crate with its
/// directories.
fn files(executable: &Path) -> Vec<PathBuf> {
    let mut files = vec![executable.to_path_buf(), "evcxr.toml".into()];
    files.extend(env::var_os(SEED).map(PathBuf::from));
    let package = env::var(PRELOAD).ok().and_then(|line| package_of(&line));
    let configuration = env::var_os("EVCXR_CONFIG_DIR").map(PathBuf::from);
    let package = package
        .into_iter()
        .flat_map(|package| [package.join("Cargo.toml"), package.join("src")]);
    for tree in package.chain(configuration) {
        files.extend(
            WalkDir::new(&tree)
                .into_iter()
                .filter_map(|entry| Some(entry.ok()?.into_path())),
        );
    }
    files
}

fn stamp(file: &Path) -> Stamp {
    let found = fs::metadata(file).ok()?;
    Some((found.size(), found.ino(), found.mtime(), found.mtime_nsec()))
}

fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}
