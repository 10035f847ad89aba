//! The sources of the standard library, kept from rust-analyzer while `evcxr`
//! makes itself ready.
//!
//! When `evcxr` starts it evaluates `42`, for which rust-analyzer would read
//! and resolve the whole library; with the first dependency it would do all of
//! it again. So at first it is told, by an environment variable, of a library
//! in which there is nothing. That one is gone before the first cell:
//! rust-analyzer then finds the library of the toolchain by itself, as it
//! always does when what it was told of is not there.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where rust-analyzer looks for the library first.
pub(crate) const SOURCES: &str = "RUST_SRC_PATH";

/// What a kernel that builds in `build_dir` must have in its environment. A
/// library that the user has chosen stays.
pub(crate) fn environment(
    build_dir: &Path,
) -> Option<(&'static str, OsString)> {
    env::var_os(SOURCES)
        .is_none()
        .then(|| (SOURCES, empty_in(build_dir).into()))
}

/// The library in which there is nothing.
pub(super) struct Empty(PathBuf);

impl Empty {
    /// Makes it if it is `wanted`; None when it is not, or when the user has
    /// chosen a library. The variable is of no use to the child.
    ///
    /// # Errors
    ///
    /// When the build directory can't be written.
    pub(super) fn make(
        build_dir: &Path,
        child: &mut Command,
        wanted: bool,
    ) -> io::Result<Option<Self>> {
        let empty = empty_in(build_dir);
        if env::var_os(SOURCES).is_none_or(|path| path != *empty) {
            return Ok(None);
        }
        child.env_remove(SOURCES);
        if !wanted {
            return Ok(None);
        }
        // The name by which rust-analyzer tells a library.
        fs::create_dir_all(empty.join("core"))?;
        Ok(Some(Self(empty)))
    }

    /// Lets rust-analyzer find the real one.
    pub(super) fn remove(self) {
        let _ = fs::remove_dir_all(self.0);
    }
}

fn empty_in(build_dir: &Path) -> PathBuf {
    build_dir.join("no-library")
}
