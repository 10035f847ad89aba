//! A build that the real cargo has done, and how to tell that it would do the
//! same again.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::inputs::{self, Asked, Contents, Stamps};
use super::recorder::Rustc;

/// The file of the record in the directory of the driver.
pub(super) const FILE: &str = "record.json";

/// One build of a cell by the real cargo.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    asked: Asked,
    contents: Contents,
    /// The compiler and the libraries that it reads.
    compiled: Stamps,
    /// The packages that can change: those that lie in a directory.
    packages: Vec<PathBuf>,
    /// What such packages include from elsewhere.
    included: Vec<PathBuf>,
    sources: Stamps,
    /// How the compiler was run.
    pub(super) rustc: Rustc,
    /// What cargo said about the library of the cell at the end.
    pub(super) artifact: Value,
}

impl Record {
    /// The record of a build that has just been successful; nothing if it
    /// can't be told what the build depends on.
    pub(super) fn make(
        asked: Asked,
        contents: Contents,
        command: &Path,
        messages: &[Value],
        since: SystemTime,
    ) -> Option<Self> {
        // Not there when cargo found nothing to compile.
        let rustc: Rustc =
            serde_json::from_slice(&fs::read(command).ok()?).ok()?;
        let mut artifact = None;
        let mut packages = Vec::new();
        let mut included = Vec::new();
        let own = asked.directory.join("Cargo.toml");
        for message in messages {
            if message["reason"] == "build-script-executed"
                && is_in_a_directory(message)
            {
                // It may depend on anything.
                return None;
            }
            if message["reason"] != "compiler-artifact" {
                continue;
            }
            let manifest = Path::new(message["manifest_path"].as_str()?);
            if manifest == own {
                artifact = Some(message.clone());
            } else if is_in_a_directory(message) {
                let package = manifest.parent()?;
                included.extend(read_sources(message, package)?);
                packages.push(package.to_path_buf());
            }
        }
        let artifact = artifact?;
        // The one is a hard link to the other; the replay relies on it.
        let output = fs::metadata(rustc.output()?).ok()?;
        let result = fs::metadata(result_of(&artifact)?).ok()?;
        if (output.dev(), output.ino()) != (result.dev(), result.ino()) {
            return None;
        }
        let sources = inputs::sources(&packages, &included)?;
        if !inputs::all_older(&sources, since) {
            return None;
        }
        let compiled = inputs::compiled(&libraries(&rustc));
        if compiled.values().any(Option::is_none) {
            return None;
        }
        Some(Self {
            asked,
            contents,
            compiled,
            packages,
            included,
            sources,
            rustc,
            artifact,
        })
    }

    pub(super) fn load(file: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(file).ok()?).ok()
    }

    pub(super) fn save(&self, file: &Path) {
        // A half-written record can't be read, which is as good as none.
        if let Ok(text) = serde_json::to_vec(self) {
            let _ = fs::write(file, text);
        }
    }

    /// Whether cargo would do the same, if it was asked for `asked` now.
    pub(super) fn holds(&self, asked: &Asked, contents: &Contents) -> bool {
        self.answers(asked, contents) && self.is_fresh()
    }

    /// Whether cargo would be told the same.
    pub(super) fn answers(&self, asked: &Asked, contents: &Contents) -> bool {
        self.asked == *asked && self.contents == *contents
    }

    /// Whether all that is compiled, or was, is what it was.
    pub(super) fn is_fresh(&self) -> bool {
        self.compiled == inputs::compiled(&libraries(&self.rustc))
            && inputs::sources(&self.packages, &self.included)
                .is_some_and(|sources| self.sources == sources)
    }
}

/// The library where cargo puts it and `evcxr` looks for it.
pub(super) fn result_of(artifact: &Value) -> Option<PathBuf> {
    match artifact["filenames"].as_array()?.as_slice() {
        [one] => Some(one.as_str()?.into()),
        _ => None,
    }
}

/// Packages of a registry or of a commit never change.
fn is_in_a_directory(message: &Value) -> bool {
    let id = message["package_id"].as_str().unwrap_or_default();
    !id.starts_with("registry+") && !id.starts_with("git+")
}

/// The compiler and the libraries that it is given.
fn libraries(rustc: &Rustc) -> Vec<PathBuf> {
    let mut files = vec![rustc.program.clone()];
    files.extend(
        rustc
            .values_of("--extern")
            .filter_map(|library| library.split_once('='))
            .map(|(_, path)| path.into()),
    );
    files
}

/// What the compiler says it has read for a library of a package.
fn read_sources(artifact: &Value, package: &Path) -> Option<Vec<PathBuf>> {
    for library in artifact["filenames"].as_array()? {
        let library = Path::new(library.as_str()?);
        let name = library.file_stem()?.to_str()?;
        let name = format!("{}.d", name.strip_prefix("lib").unwrap_or(name));
        let directory = library.parent()?;
        for place in [directory.join(&name), directory.join("deps").join(&name)]
        {
            if let Ok(rules) = fs::read_to_string(place) {
                return Some(files_in(&rules, package));
            }
        }
    }
    None
}

/// The files in the rules of a makefile, `target: file file`.
fn files_in(rules: &str, package: &Path) -> Vec<PathBuf> {
    rules
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, files)| {
            // A space in a name is escaped.
            files
                .replace("\\ ", "\0")
                .split(' ')
                .map(|file| package.join(file.replace('\0', " ")))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
#[path = "record/tests.rs"]
mod tests;
