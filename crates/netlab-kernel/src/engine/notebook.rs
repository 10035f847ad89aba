//! The notebook that this kernel belongs to, as it was saved last.
//!
//! Jupyter Server says which one it is in the environment of the kernel, and
//! JupyterLab says with each cell which one of it that is.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;

use super::definitions::{self, Definition};
use super::namespace::Wanted;

/// The variable in which Jupyter Server names the notebook.
pub(crate) const SESSION: &str = "JPY_SESSION_NAME";

/// Where the build directory says which notebook this is, for other kernels.
const NOTE: &str = "notebook";

/// A file that is larger is not read: nobody waits for an error that long.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The notebook, once it is known.
#[derive(Default)]
pub(crate) struct Notebook {
    path: OnceLock<PathBuf>,
    /// What the cells define that were there the last time, by their text.
    known: Mutex<HashMap<String, Made>>,
}

/// What a cell defines, once somebody has asked for it.
type Made = Arc<OnceLock<Vec<Definition>>>;

/// A code cell in the file.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    pub(crate) id: String,
    pub(crate) code: String,
    /// The last heading above it.
    pub(crate) heading: Option<String>,
    /// It prepares the lesson, and so all that follows.
    pub(crate) is_setup: bool,
    made: Made,
}

impl Saved {
    fn made(&self) -> &[Definition] {
        self.made.get_or_init(|| definitions::of(&self.code))
    }
}

/// A cell of the notebook that defines a name.
#[derive(Debug)]
pub(crate) struct Definer<'cells> {
    pub(crate) cell: &'cells Saved,
    /// Whether it stands above the cell that looks for the name; None if that
    /// one is not in the file.
    pub(crate) is_above: Option<bool>,
}

impl Notebook {
    /// Sets which one it is, by what Jupyter Server says.
    pub(crate) fn set(&self, session: &str) {
        let _ = self.path.set(session.into());
    }

    /// Leaves a note in the build directory.
    pub(super) fn note(&self, build_dir: &Path) {
        if let Some(path) = self.path.get() {
            // Only the words of others are poorer without it.
            let _ = fs::write(
                build_dir.join(NOTE),
                path.as_os_str().as_encoded_bytes(),
            );
        }
    }

    /// The code cells of the file; none if there is no such notebook.
    pub(crate) fn cells(&self) -> Vec<Saved> {
        let Some(path) = self.path.get() else {
            return Vec::new();
        };
        let is_small = |found: fs::Metadata| found.len() <= LARGEST;
        if !fs::metadata(path).is_ok_and(is_small) {
            return Vec::new();
        }
        fs::read(path).map_or_else(|_| Vec::new(), |text| self.reread(&text))
    }

    /// The cells of this text; the unchanged ones are not analysed again.
    fn reread(&self, text: &[u8]) -> Vec<Saved> {
        let mut cells = read(text);
        let mut known = self.known.lock().unwrap();
        for cell in &mut cells {
            if let Some(made) = known.get(&cell.code) {
                cell.made = made.clone();
            }
        }
        let made = cells.iter().map(|c| (c.code.clone(), c.made.clone()));
        *known = made.collect();
        cells
    }
}

/// The notebook of the kernel that builds in this directory.
pub(super) fn noted(build_dir: &Path) -> Option<String> {
    let path = fs::read(build_dir.join(NOTE)).ok()?;
    file_name(&String::from_utf8_lossy(&path))
}

/// The name of a notebook's file, by what Jupyter Server says.
pub(super) fn file_name(session: &str) -> Option<String> {
    let name = session.trim_end().rsplit('/').next()?;
    name.ends_with(".ipynb").then(|| name.to_owned())
}

/// The notebook as one of its cells sees it.
pub(crate) struct Lesson {
    cells: Vec<Saved>,
    /// Where that cell is.
    looks: Option<usize>,
}

impl Lesson {
    /// Of the cell with this identifier, or else with this text.
    pub(crate) fn new(cells: Vec<Saved>, id: Option<&str>, code: &str) -> Self {
        let known = cells.iter().position(|cell| Some(cell.id.as_str()) == id);
        let looks = known.or_else(|| {
            cells
                .iter()
                .position(|cell| cell.code.trim() == code.trim())
        });
        Self { cells, looks }
    }

    /// Whether some cells prepare what all others need.
    pub(crate) fn has_setup(&self) -> bool {
        self.cells.iter().any(|cell| cell.is_setup)
    }

    /// The cell that defines a name: the nearest one above, or else the
    /// nearest one below.
    pub(crate) fn definer(&self, wanted: &Wanted) -> Option<Definer<'_>> {
        let defines =
            |cell: &&Saved| cell.made().iter().any(|made| wanted.is(made));
        let Some(looks) = self.looks else {
            return Some(Definer {
                cell: self.cells.iter().find(defines)?,
                is_above: None,
            });
        };
        let above = self.cells[..looks].iter().rfind(defines);
        let below = || self.cells[looks + 1..].iter().find(defines);
        Some(Definer {
            is_above: Some(above.is_some()),
            cell: above.or_else(below)?,
        })
    }
}

fn read(text: &[u8]) -> Vec<Saved> {
    let notebook: Value = serde_json::from_slice(text).unwrap_or_default();
    let mut heading = None;
    let mut code_cells = Vec::new();
    for cell in notebook["cells"].as_array().into_iter().flatten() {
        let text = source(&cell["source"]);
        if cell["cell_type"] == "markdown" {
            heading = last_heading(&text).or(heading);
        }
        if cell["cell_type"] == "code" {
            let tags = cell["metadata"]["tags"].as_array();
            code_cells.push(Saved {
                id: cell["id"].as_str().unwrap_or_default().to_owned(),
                code: text,
                heading: heading.clone(),
                is_setup: tags.is_some_and(|t| t.contains(&"setup".into())),
                made: Made::default(),
            });
        }
    }
    code_cells
}

/// One text, or a list of its lines.
fn source(source: &Value) -> String {
    match source {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().unwrap_or_default().to_owned(),
    }
}

/// The last heading of a markdown text, without its marks.
fn last_heading(text: &str) -> Option<String> {
    let mut is_code = false;
    let mut heading = None;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        let words = line.trim_start_matches('#');
        let level = line.len() - words.len();
        if !is_code && (1..=6).contains(&level) && words.starts_with(' ') {
            let words = words.replace(['*', '`'], "");
            heading = Some(words.trim().to_owned());
        }
    }
    heading.filter(|heading| !heading.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notebook() -> Vec<Saved> {
        let cell = |kind: &str, id: &str, source: Value, tags: Value| {
            json!({
                "cell_type": kind, "id": id, "source": source,
                "metadata": { "tags": tags },
            })
        };
        let text = json!({ "cells": [
            cell("markdown", "t", json!("# Урок\n```\n# no\n```"), json!([])),
            cell("code", "s", json!(["use std::io::Write;\n", "let a = 1;"]), json!(["setup"])),
            cell("markdown", "h", json!("текст\n## **Слушающий** `сокет`\nтекст"), json!([])),
            cell("code", "b", json!("let l = a;"), json!([])),
            cell("code", "c", json!("drop(l); let l = 2;"), json!([])),
        ]});
        read(text.to_string().as_bytes())
    }

    #[test]
    fn cells_have_their_headings_and_tags() {
        let cells = notebook();
        let told: Vec<_> = cells
            .iter()
            .map(|cell| (cell.heading.as_deref().unwrap(), cell.is_setup))
            .collect();
        let socket = ("Слушающий сокет", false);
        assert_eq!(told, [("Урок", true), socket, socket]);
        assert!(read(b"no json").is_empty());
    }

    #[test]
    fn nearest_cell_above_defines_a_name() {
        let found = |name: &str, id, code| {
            let wanted = Wanted::Name(name.to_owned());
            Lesson::new(notebook(), id, code)
                .definer(&wanted)
                .map(|found| (found.cell.id.clone(), found.is_above))
        };
        let cell = |id: &str, is_above| Some((id.to_owned(), is_above));
        assert_eq!(found("l", Some("c"), ""), cell("b", Some(true)));
        assert_eq!(found("l", Some("s"), ""), cell("b", Some(false)));
        assert_eq!(found("l", None, " let l = a;"), cell("c", Some(false)));
        assert_eq!(found("l", None, "l"), cell("b", None));
        assert_eq!(found("x", Some("c"), ""), None);
    }

    #[test]
    fn unchanged_cell_is_not_analysed_again() {
        let text = |second: &str| {
            let code =
                |code: &str| json!({ "cell_type": "code", "source": code });
            json!({ "cells": [code("let a = 1;"), code(second)] }).to_string()
        };
        let notebook = Notebook::default();
        let first = notebook.reread(text("let b = 1;").as_bytes());
        let made = |cells: &[Saved], at: usize| cells[at].made().to_vec();
        assert_eq!(made(&first, 0), [Definition::Variable("a".into())]);
        let again = notebook.reread(text("let c = 1;").as_bytes());
        assert!(again[0].made.get().is_some());
        assert_eq!(made(&again, 1), [Definition::Variable("c".into())]);
    }

    #[test]
    fn session_that_is_no_notebook_has_no_file_name() {
        assert_eq!(file_name("/a б/01.ipynb").as_deref(), Some("01.ipynb"));
        assert_eq!(file_name("console-1"), None);
    }
}
