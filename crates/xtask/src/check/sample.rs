//! Notebooks for the tests of the rules.

use serde_json::{Value, json};

use super::Findings;
use super::notebook::Notebook;

/// A notebook of these cells.
pub(super) fn notebook(file: &str, cells: &[Value]) -> Notebook {
    let text = json!({"nbformat": 4, "metadata": {}, "cells": cells});
    Notebook::parse(file, &text.to_string()).unwrap()
}

/// A Markdown cell with this slide type.
pub(super) fn markdown(slide_type: &str, source: &str) -> Value {
    cell("markdown", slide_type, source)
}

/// A code cell with this slide type.
pub(super) fn code(slide_type: &str, source: &str) -> Value {
    cell("code", slide_type, source)
}

fn cell(kind: &str, slide_type: &str, source: &str) -> Value {
    json!({"cell_type": kind, "id": "cell", "source": source,
        "metadata": {"slideshow": {"slide_type": slide_type}}})
}

/// The cell with a value of ours.
pub(super) fn with(mut cell: Value, key: &str, value: Value) -> Value {
    cell["metadata"]["netlab"][key] = value;
    cell
}

/// What `rule` finds, as it is printed.
pub(super) fn problems(rule: impl FnOnce(&mut Findings)) -> Vec<String> {
    let mut findings = Findings::default();
    rule(&mut findings);
    findings.0.iter().map(ToString::to_string).collect()
}
