//! Workspaces: layouts of JupyterLab that lie in the repository.
//!
//! JupyterLab writes into its own workspaces as somebody moves the panels, so
//! it gets copies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::check::workspaces::{ENDING, LAB_ITSELF, WORKSPACES};
use crate::project::Project;

/// Gives JupyterLab the workspaces of the repository.
///
/// The layouts of the lessons are set back each time, a lecture begins as it
/// is meant to; the lab itself opens as it was left.
///
/// # Errors
///
/// When a file can't be read or written.
pub(crate) fn install(project: &Project) -> Result<()> {
    let directory = project.path(WORKSPACES);
    let store = project.workspaces();
    fs::create_dir_all(&store)
        .with_context(|| format!("can't make {}", store.display()))?;
    for entry in fs::read_dir(&directory)
        .with_context(|| format!("can't read {}", directory.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(id) = name.strip_suffix(ENDING) else {
            continue;
        };
        let stored = stored_as(&store, id);
        if id == LAB_ITSELF && stored.exists() {
            continue;
        }
        fs::copy(&path, &stored)
            .with_context(|| format!("can't write {}", stored.display()))?;
    }
    Ok(())
}

/// Where JupyterLab keeps the workspace `id`: the signature tells apart ids
/// that differ in letters a file name can't have (`slugify` in jupyterlab_server;
/// our ids have none of these).
fn stored_as(store: &Path, id: &str) -> PathBuf {
    let digest = Sha256::digest(id.as_bytes());
    store.join(format!("{id}-{:02x}{:02x}{ENDING}", digest[0], digest[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_names_are_those_of_jupyterlab() {
        // As JupyterLab 4.6 wrote them.
        for (id, name) in [
            ("default", "default-37a8.jupyterlab-workspace"),
            ("01-sockets", "01-sockets-0b0e.jupyterlab-workspace"),
        ] {
            assert_eq!(stored_as(Path::new(""), id), Path::new(name));
        }
    }
}
