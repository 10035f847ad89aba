//! A notebook as the rules see it, and its canonical form.
//!
//! Canonical: what nbformat 4.5 writes (sorted keys, one space of indentation,
//! unescaped UTF-8), without anything that a run leaves behind, so that a
//! diff shows what a person changed.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::headings::headings;
use crate::lessons::Lesson;

/// A parsed notebook.
pub(super) struct Notebook {
    pub(super) file: String,
    pub(super) metadata: Value,
    pub(super) cells: Vec<Cell>,
    /// Whether it is shown beside another one, server and client.
    pub(super) is_paired: bool,
    /// All of it, for writing; the cells above are what it says.
    document: Value,
}

/// One cell.
pub(super) struct Cell {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) source: String,
    pub(super) metadata: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Markdown,
    Raw,
}

/// Metadata that JupyterLab writes while somebody reads or runs a notebook.
const TRANSIENT: [&str; 6] = [
    "ExecuteTime",
    "collapsed",
    "execution",
    "jp-MarkdownHeadingCollapsed",
    "scrolled",
    "trusted",
];

impl Notebook {
    /// Parses the text of a notebook.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self> {
        let mut document: Value = serde_json::from_str(text)?;
        if document["nbformat"] != 4 {
            bail!("nbformat is not 4");
        }
        if !matches!(document["metadata"], Value::Object(_) | Value::Null) {
            bail!("its metadata is no object");
        }
        document["nbformat_minor"] = json!(5);
        document["metadata"]["kernelspec"] = json!({
            "display_name": "Rust (netlab)",
            "language": "rust",
            "name": "rust",
        });
        document["metadata"]["language_info"] = json!({
            "codemirror_mode": "rust",
            "file_extension": ".rs",
            "mimetype": "text/rust",
            "name": "Rust",
            "pygments_lexer": "rust",
        });
        let cells = document["cells"]
            .as_array_mut()
            .context("there are no cells")?;
        for cell in &mut *cells {
            clean(cell.as_object_mut().context("a cell is no object")?);
        }
        let cells = cells.iter().map(Cell::read).collect::<Result<_>>()?;
        Ok(Self {
            file: file.to_owned(),
            metadata: document["metadata"].clone(),
            cells,
            is_paired: false,
            document,
        })
    }

    /// The canonical form, with what was changed since it was read.
    pub(super) fn canonical(&self) -> Result<String> {
        write(&self.document)
    }

    /// Gives a cell another source.
    pub(super) fn set_source(&mut self, cell: usize, source: &str) {
        source.clone_into(&mut self.cells[cell].source);
        self.document["cells"][cell]["source"] = lines(source);
    }

    /// Gives the notebook another value of ours.
    pub(super) fn set_netlab(&mut self, key: &str, value: Value) {
        self.document["metadata"]["netlab"][key] = value;
        self.metadata = self.document["metadata"].clone();
    }

    /// The text of the H1.
    pub(super) fn title(&self) -> &str {
        self.cells
            .iter()
            .filter(|cell| cell.kind == Kind::Markdown)
            .flat_map(|cell| headings(&cell.source))
            .find(|(level, _)| *level == 1)
            .map_or("", |(_, text)| text)
    }

    /// A value of ours, below the key `netlab` of the notebook itself.
    pub(super) fn netlab(&self, key: &str) -> &Value {
        &self.metadata["netlab"][key]
    }

    /// The number of the lesson that its name begins with.
    pub(super) fn lesson(&self) -> &str {
        Lesson::number_in(&self.file)
    }
}

/// The canonical form of the notebook with this text.
///
/// # Errors
///
/// When it is no notebook.
pub(crate) fn canonical(text: &str) -> Result<String> {
    Notebook::parse("", text)?.canonical()
}

/// Which edition of its lesson the notebook with this text is: a lesson that
/// was made anew has another one. What does not say so, or is no notebook, is
/// of the first.
pub(crate) fn edition(text: &str) -> u64 {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let edition = &document["metadata"]["netlab"]["edition"];
    edition.as_u64().unwrap_or(1)
}

impl Cell {
    fn read(cell: &Value) -> Result<Self> {
        let kind = match cell["cell_type"].as_str() {
            Some("code") => Kind::Code,
            Some("markdown") => Kind::Markdown,
            Some("raw") => Kind::Raw,
            other => bail!("unknown cell type {other:?}"),
        };
        let lines =
            cell["source"].as_array().context("a cell has no source")?;
        Ok(Self {
            id: cell["id"].as_str().unwrap_or_default().to_owned(),
            kind,
            source: lines.iter().filter_map(Value::as_str).collect(),
            metadata: cell["metadata"].clone(),
        })
    }

    /// `slideshow.slide_type`, empty when there is none.
    pub(super) fn slide_type(&self) -> &str {
        self.metadata["slideshow"]["slide_type"]
            .as_str()
            .unwrap_or_default()
    }

    /// A value of ours, below the key `netlab`.
    pub(super) fn netlab(&self, key: &str) -> &Value {
        &self.metadata["netlab"][key]
    }

    /// Whether the cell carries a standard tag.
    pub(super) fn has_tag(&self, tag: &str) -> bool {
        self.tags().any(|own| own == tag)
    }

    /// The standard tags.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.metadata["tags"].as_array();
        tags.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// Takes away what a run left and brings the source into lines.
fn clean(cell: &mut Map<String, Value>) {
    if cell.get("cell_type") == Some(&json!("code")) {
        cell.insert("execution_count".to_owned(), Value::Null);
        cell.insert("outputs".to_owned(), json!([]));
    }
    let source = match cell.get("source") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => {
            lines.iter().filter_map(Value::as_str).collect()
        }
        _ => String::new(),
    };
    cell.insert("source".to_owned(), lines(&source));
    if let Some(metadata) =
        cell.get_mut("metadata").and_then(Value::as_object_mut)
    {
        metadata.retain(|key, _| !TRANSIENT.contains(&key.as_str()));
    }
}

fn lines(source: &str) -> Value {
    source.split_inclusive('\n').collect()
}

fn write(document: &Value) -> Result<String> {
    let mut bytes = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, format);
    document.serialize(&mut writer)?;
    bytes.push(b'\n');
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED_BY_JUPYTERLAB: &str = r#"{"nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3"}, "title": "Сокеты"},
        "cells": [{"cell_type": "code", "id": "s2-16", "execution_count": 7,
            "metadata": {"scrolled": true, "tags": ["setup"]},
            "outputs": [{"output_type": "stream"}],
            "source": "let a = 1;\nlet b = 2;"}]}"#;

    #[test]
    fn canonical_form_keeps_nothing_of_a_run() {
        let notebook =
            Notebook::parse("01-a.ipynb", SAVED_BY_JUPYTERLAB).unwrap();
        let written: Value =
            serde_json::from_str(&notebook.canonical().unwrap()).unwrap();
        let cell = &written["cells"][0];
        assert_eq!(cell["execution_count"], Value::Null);
        assert_eq!(cell["outputs"], json!([]));
        assert_eq!(cell["metadata"], json!({"tags": ["setup"]}));
        assert_eq!(cell["source"], json!(["let a = 1;\n", "let b = 2;"]));
        assert_eq!(written["metadata"]["kernelspec"]["name"], "rust");
    }

    #[test]
    fn canonical_form_reads_well_in_a_diff() {
        let notebook =
            Notebook::parse("01-a.ipynb", SAVED_BY_JUPYTERLAB).unwrap();
        assert!(
            notebook
                .canonical()
                .unwrap()
                .starts_with("{\n \"cells\": [\n  {\n")
        );
        assert!(
            notebook
                .canonical()
                .unwrap()
                .contains("\"title\": \"Сокеты\"")
        );
        assert!(notebook.canonical().unwrap().ends_with("}\n"));
    }

    #[test]
    fn canonical_form_is_its_own_canonical_form() {
        let once = Notebook::parse("01-a.ipynb", SAVED_BY_JUPYTERLAB).unwrap();
        let twice =
            Notebook::parse("01-a.ipynb", &once.canonical().unwrap()).unwrap();
        assert_eq!(once.canonical().unwrap(), twice.canonical().unwrap());
    }
}
