//! The seed: the helper crate, compiled once the way a cell would compile it.
//! Each kernel starts from it, so that `:dep netlab` costs seconds, not half a
//! minute.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup::Stamp;
use crate::step::Step;

/// Makes `.lab/build/seed` unless it fits the helper crate, the toolchain, the
/// kernel and `Cargo.lock` as they are. The versions are those of `Cargo.lock`,
/// with which the helper crate is tested.
///
/// # Errors
///
/// When the helper crate does not compile; with cargo's own words.
pub(crate) fn make(project: &Project) -> Result<()> {
    let netlab = project.path("crates/netlab");
    let lock = project.path("Cargo.lock");
    let rustc = Command::new("rustc").arg("-vV").output()?.stdout;
    let stamp = Stamp::of(
        project,
        "seed",
        &[
            netlab.join("Cargo.toml"),
            netlab.join("src"),
            project.path("Cargo.toml"),
            lock.clone(),
            project.path("crates/netlab-kernel"),
        ],
        &[
            &String::from_utf8_lossy(&rustc),
            &format!("{:?}", last_change(&netlab.join("src"))?),
        ],
    )?;
    if stamp.is_fresh() && project.seed().is_dir() {
        return Ok(());
    }

    let step = Step::start("helper crate (half a minute)");
    let fresh = project.build_root().join("seed.new");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)
        .with_context(|| format!("can't make {}", fresh.display()))?;
    step.run(
        Command::new(project.kernel())
            .arg("seed")
            .args(["--dep", &format!(":dep netlab = {{ path = {netlab:?} }}")])
            .arg("--lock")
            .arg(&lock)
            .current_dir(project.root())
            .env("EVCXR_TMPDIR", &fresh)
            .env("EVCXR_CONFIG_DIR", project.lab().join("evcxr/rust")),
    )?;
    let _ = fs::remove_dir_all(project.seed());
    fs::rename(&fresh, project.seed())
        .context("can't put the seed in its place")?;
    stamp.set()?;
    step.done();
    Ok(())
}

/// When something below `path` changed last.
///
/// Cargo compares times, not contents: sources that a `git checkout` merely
/// touched would be compiled again in every kernel.
fn last_change(path: &Path) -> Result<Option<SystemTime>> {
    if !path.is_dir() {
        return Ok(Some(fs::metadata(path)?.modified()?));
    }
    let mut last = None;
    for entry in fs::read_dir(path)? {
        last = last.max(last_change(&entry?.path())?);
    }
    Ok(last)
}
