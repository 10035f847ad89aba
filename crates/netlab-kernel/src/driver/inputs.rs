//! What a build of a cell depends on, apart from the cell itself.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::call::Call;

/// A source as young as that may have been changed while cargo read it: the
/// time of a file is a few milliseconds coarse, some file systems know only
/// whole seconds.
const TOO_YOUNG: Duration = Duration::from_secs(2);

/// A package with more files than that is left to cargo.
const MOST_FILES: usize = 4000;

/// The commands of cargo with which `evcxr` compiles a cell, and looks for its
/// errors.
const BUILD: &str = "build";
const CHECK: &str = "check";

/// The package of the cells, and the one as which `evcxr` tries a `:dep` out
/// in the same directory.
const OWN: [&str; 2] = ["ctx", "evcxr_dummy_validate_dep"];

/// How cargo was called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) arguments: Vec<String>,
    pub(super) directory: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
}

impl Asked {
    /// The call of this process; nothing if a part of it is not text.
    pub(super) fn of_this_process() -> Option<Self> {
        Some(Self {
            arguments: env::args_os()
                .skip(1)
                .map(|argument| argument.into_string().ok())
                .collect::<Option<_>>()?,
            directory: env::current_dir().ok()?,
            environment: env::vars_os()
                .map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect::<Option<_>>()?,
        })
    }

    /// A call that another process was asked for; nothing if a part of it is
    /// not text.
    pub(super) fn of(call: Call) -> Option<Self> {
        let text = |bytes| String::from_utf8(bytes).ok();
        Some(Self {
            arguments: call
                .arguments
                .into_iter()
                .map(text)
                .collect::<Option<_>>()?,
            directory: text(call.directory)?.into(),
            environment: call
                .environment
                .into_iter()
                .map(|(name, value)| Some((text(name)?, text(value)?)))
                .collect::<Option<_>>()?,
        })
    }

    /// Whether this is the call with which `evcxr` compiles a cell.
    pub(super) fn builds_a_cell(&self) -> bool {
        self.is_for_a_cell(BUILD)
    }

    /// The call with which `evcxr` looks for errors in a cell, as one that
    /// compiles it: the libraries are compiled for that already, which they
    /// are not for `cargo check`.
    pub(super) fn into_build(mut self) -> Self {
        if self.is_for_a_cell(CHECK) {
            for argument in &mut self.arguments {
                if argument == CHECK {
                    BUILD.clone_into(argument);
                }
            }
        }
        self
    }

    fn is_for_a_cell(&self, command: &str) -> bool {
        let arguments: Vec<_> =
            self.arguments.iter().map(String::as_str).collect();
        let arguments = match arguments.as_slice() {
            ["--offline", rest @ ..] => rest,
            all => all,
        };
        matches!(
            arguments,
            [first, "--target", _, "--message-format=json"]
                if *first == command
        )
    }
}

/// The files that tell cargo what to do, with all that they say.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Contents {
    manifest: Option<String>,
    /// Without the package of the cells, of which the manifest says more.
    lock: Option<String>,
    /// Configurations of cargo and rustup, those that are not there too.
    configurations: BTreeMap<PathBuf, Option<String>>,
}

impl Contents {
    /// Reads what holds for a call.
    pub(super) fn read(asked: &Asked) -> Self {
        let directory = &asked.directory;
        let variable = |name: &str| asked.environment.get(name);
        let text = |path: PathBuf| fs::read_to_string(path).ok();
        let mut places = Vec::new();
        for above in directory.ancestors() {
            for name in [
                ".cargo/config.toml",
                ".cargo/config",
                "rust-toolchain.toml",
                "rust-toolchain",
            ] {
                places.push(above.join(name));
            }
        }
        let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
        let cargo = variable("CARGO_HOME")
            .map_or_else(|| home.join(".cargo"), PathBuf::from);
        let rustup = variable("RUSTUP_HOME")
            .map_or_else(|| home.join(".rustup"), PathBuf::from);
        places.push(cargo.join("config.toml"));
        places.push(cargo.join("config"));
        places.push(rustup.join("settings.toml"));
        Self {
            manifest: text(directory.join("Cargo.toml")),
            lock: text(directory.join("Cargo.lock"))
                .map(|lock| without_own_package(&lock)),
            configurations: places
                .into_iter()
                .map(|place| (place.clone(), text(place)))
                .collect(),
        }
    }

    /// Whether these files say all: no compiler wrapper that the recorder
    /// would replace, no further files.
    pub(super) fn can_be_recorded(&self) -> bool {
        self.configurations
            .values()
            .flatten()
            .all(|text| !text.contains("wrapper") && !text.contains("include"))
    }

    /// Cargo writes `Cargo.lock` itself; everything else must not change
    /// while it runs.
    pub(super) fn differ_only_in_the_lock_file(&self, before: &Self) -> bool {
        self.manifest == before.manifest
            && self.configurations == before.configurations
    }
}

/// What a lock file says about all other packages.
fn without_own_package(lock: &str) -> String {
    let is_own = |package: &str| {
        OWN.iter()
            .any(|own| package.starts_with(&format!("name = \"{own}\"\n")))
    };
    lock.split("[[package]]\n")
        .map(str::trim_end)
        .filter(|package| !is_own(package))
        .collect::<Vec<_>>()
        .join("\n\n[[package]]\n")
}

/// By what a changed file shows.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size: u64,
    inode: u64,
    modified: (i64, i64),
    /// Of a source: nobody can set this one back.
    changed: Option<(i64, i64)>,
}

/// The stamps of files; a file that is not there has none.
pub(super) type Stamps = BTreeMap<PathBuf, Option<Stamp>>;

/// The stamps of compiled files. Their change time is left out: it changes
/// whenever another kernel starts from the same seed and links them.
pub(super) fn compiled(files: &[PathBuf]) -> Stamps {
    stamps(files, false)
}

/// The stamps of every file of these packages and of these other files;
/// nothing if that can't be told.
pub(super) fn sources(
    packages: &[PathBuf],
    files: &[PathBuf],
) -> Option<Stamps> {
    let mut all = files.to_vec();
    for package in packages {
        // A workspace above hands settings down.
        all.extend(package.ancestors().map(|above| above.join("Cargo.toml")));
        let entries = WalkDir::new(package)
            .follow_links(true)
            .into_iter()
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                entry.depth() == 0
                    || !(name.starts_with('.')
                        || entry.depth() == 1 && name == "target")
            });
        for entry in entries {
            all.push(entry.ok()?.into_path());
            if all.len() > MOST_FILES {
                return None;
            }
        }
    }
    Some(stamps(&all, true))
}

fn stamps(files: &[PathBuf], with_change: bool) -> Stamps {
    files
        .iter()
        .map(|file| {
            let stamp = fs::metadata(file).ok().map(|found| Stamp {
                size: found.size(),
                inode: found.ino(),
                modified: (found.mtime(), found.mtime_nsec()),
                changed: with_change
                    .then(|| (found.ctime(), found.ctime_nsec())),
            });
            (file.clone(), stamp)
        })
        .collect()
}

/// Whether no source was changed shortly before `start` or after it.
pub(super) fn all_older(sources: &Stamps, start: SystemTime) -> bool {
    let Ok(start) = start.duration_since(SystemTime::UNIX_EPOCH) else {
        return false;
    };
    let limit = start.saturating_sub(TOO_YOUNG).as_secs().cast_signed();
    sources.values().flatten().all(|stamp| {
        stamp.modified.0 < limit
            && stamp.changed.is_none_or(|changed| changed.0 < limit)
    })
}
