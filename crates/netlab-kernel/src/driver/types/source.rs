//! The source of a cell on its way to the compiler.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Found, MIR, Typed, Types};
use crate::driver::call::Built;
use crate::driver::recorder::Rustc;
use crate::driver::{errors, last_expression};

/// The file that `evcxr` has written.
pub(in crate::driver) struct Source {
    file: PathBuf,
    cell: String,
    /// What lies in the file.
    written: String,
    externs: Vec<String>,
    driver: PathBuf,
    types: Types,
    /// Failed `?` are to say all that they have to say.
    wide: bool,
}

impl Source {
    /// Reads the cell in `directory`, and the types that are known in the
    /// directory of the driver.
    ///
    /// # Errors
    ///
    /// When there is no cell.
    pub(in crate::driver) fn read(
        directory: &Path,
        driver: &Path,
    ) -> io::Result<Self> {
        let file = directory.join("src/lib.rs");
        let written = fs::read_to_string(&file)?;
        let cell = errors::as_written_by_evcxr(&written);
        let manifest = fs::read_to_string(directory.join("Cargo.toml"))?;
        Ok(Self {
            file,
            cell,
            written,
            externs: externs(&manifest),
            driver: driver.to_path_buf(),
            types: Types::load(driver),
            wide: true,
        })
    }

    /// Makes the file what the compiler is to see.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub(in crate::driver) fn typed(&mut self) -> io::Result<Typed> {
        let mut typed = self.types.put_into(&self.cell);
        self.wide = self.wide && errors::widen(&mut typed.text);
        errors::locate(&mut typed.text);
        if typed.text != self.written {
            fs::write(&self.file, &typed.text)?;
            self.written.clone_from(&typed.text);
        }
        if typed.asks() {
            // What is there afterwards is of this cell.
            let _ = fs::remove_file(self.driver.join(MIR));
        }
        Ok(typed)
    }

    /// Whether a cell that did not compile is to be compiled again, because
    /// it was asked for more than it must have.
    pub(in crate::driver) fn narrow(&mut self) -> bool {
        std::mem::take(&mut self.wide)
    }

    /// A build that the compiler has refused, in words that `evcxr` takes for
    /// what they are.
    pub(in crate::driver) fn refused(&self, mut built: Built) -> Built {
        let out = std::mem::take(&mut built.out);
        built.out =
            last_expression::without_places_of_notes(out, &self.written);
        built
    }

    /// Takes the types that the compiler was asked for from what it has
    /// written. With `rustc` it is made sure that cells can write them.
    ///
    /// # Errors
    ///
    /// As [`Typed::find`].
    pub(in crate::driver) fn find(
        &mut self,
        typed: &Typed,
        rustc: Option<&Rustc>,
    ) -> io::Result<Found> {
        let externs: Vec<_> = self.externs.iter().map(String::as_str).collect();
        typed.find(&mut self.types, &self.driver, &externs, |name| {
            rustc.is_none_or(|rustc| {
                super::holds(name, &typed.text, rustc, &self.driver)
            })
        })
    }
}

/// The crates that a cell can name, by the manifest that `evcxr` writes: a line
/// for each dependency, at the end.
fn externs(manifest: &str) -> Vec<String> {
    let (_, dependencies) =
        manifest.split_once("[dependencies]").unwrap_or_default();
    dependencies
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_what_a_cell_can_name() {
        let manifest = "[package]\nname = \"ctx\"\n\n[dependencies]\n\
            netlab = { path = \"/a/b\" }\nserde-json = \"1\"\n";
        assert_eq!(externs(manifest), ["netlab", "serde_json"]);
        assert!(externs("").is_empty());
    }
}
