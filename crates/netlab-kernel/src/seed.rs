//! The seed: a build directory in which the helper crate is compiled already.
//!
//! Only `evcxr` itself knows with which profile, flags and target it compiles
//! a dependency, and cargo reuses a dependency only if all of them agree. So
//! the seed is made by running the notebook's `:dep` line through `evcxr` once.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use evcxr::CommandContext;

use crate::driver::VERSIONS;
use crate::failure::in_words;
use crate::front_end::EVCXR_TMPDIR;
use crate::versions;

/// Runs the `dep` line in the build directory that `EVCXR_TMPDIR` names, with
/// the versions of crates that `lock` has.
///
/// # Errors
///
/// When `EVCXR_TMPDIR` is not set, when `lock` can't be read, or with cargo's
/// own words when the dependency can't be resolved or compiled.
pub(crate) fn make(dep: &str, lock: Option<&Path>) -> Result<()> {
    let directory = env::var_os(EVCXR_TMPDIR).map(PathBuf::from).context(
        "EVCXR_TMPDIR must name the directory to prepare; `cargo lab setup` does that",
    )?;
    // The receivers stay alive to the end: evcxr sends the output of the
    // child there.
    let (mut context, _outputs) = CommandContext::new().map_err(in_words)?;
    context.execute(":load_config --quiet").map_err(in_words)?;
    if let Some(lock) = lock {
        versions::recall(lock, &directory.join(VERSIONS)).with_context(
            || format!("can't take the versions of {}", lock.display()),
        )?;
    }
    context
        .execute(dep)
        .map_err(in_words)
        .with_context(|| format!("`{dep}` does not compile"))?;
    Ok(())
}
