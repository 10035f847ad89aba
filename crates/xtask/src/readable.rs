//! Whether a file is a notebook that JupyterLab and the decks can show, and
//! what is wrong with one that is not: a crash or a merge leaves such files.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::check;
use crate::lessons::Lesson;
use crate::project::Project;

/// What a merge writes into a file where it did not know what to take.
const MERGE_MARKS: [&[u8]; 2] = [b"<<<<<<< ", b">>>>>>> "];

/// What is wrong with the file; None for a notebook.
///
/// A file that is not there is no notebook either.
pub(crate) fn fault_of(path: &Path) -> Option<String> {
    match fs::read(path) {
        Ok(bytes) => fault_in(&bytes),
        Err(error) => Some(error.to_string()),
    }
}

/// What is wrong with these contents of a file; None for a notebook.
fn fault_in(bytes: &[u8]) -> Option<String> {
    if bytes.trim_ascii().is_empty() {
        return Some("the file is empty".to_owned());
    }
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if let Some(at) = lines
        .position(|line| MERGE_MARKS.iter().any(|mark| line.starts_with(mark)))
    {
        let line = at + 1;
        return Some(format!("a merge left its marks in it, from line {line}"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(format!("it is no text: {error}")),
    };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Some(format!("it is no JSON: {error}"));
    }
    check::canonical(text)
        .err()
        .map(|error| format!("it is JSON, but no notebook: {error:#}"))
}

/// Makes sure that the notebooks that git tracks can be read.
///
/// # Errors
///
/// Names each that can't be, with what git offers against it.
pub(crate) fn ensure_course(
    project: &Project,
    lessons: &[Lesson],
) -> Result<()> {
    let faults: Vec<_> = lessons
        .iter()
        .flat_map(Lesson::files)
        .filter_map(|file| {
            let fault = fault_of(&project.notebooks().join(&file))?;
            Some(of_the_course(&file, &fault))
        })
        .collect();
    match faults.is_empty() {
        true => Ok(()),
        false => bail!("{}", faults.join("\n")),
    }
}

/// What there is to say of a notebook that git tracks.
pub(crate) fn of_the_course(file: &str, fault: &str) -> String {
    format!(
        "notebooks/{file} can't be read: {fault}\n  \
         `git diff HEAD -- notebooks/{file}` shows what happened to it, \
         `git checkout HEAD -- notebooks/{file}` takes the last commit's"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTEBOOK: &str = r#"{"nbformat": 4, "nbformat_minor": 5,
        "metadata": {}, "cells": []}"#;

    #[test]
    fn notebook_has_no_fault() {
        assert_eq!(fault_in(NOTEBOOK.as_bytes()), None);
    }

    #[test]
    fn each_fault_has_its_words() {
        let merged = format!("<<<<<<< HEAD\n{NOTEBOOK}\n=======\n");
        for (contents, words) in [
            (&b""[..], "empty"),
            (b" \n", "empty"),
            (&NOTEBOOK.as_bytes()[..40], "no JSON: EOF"),
            (b"\xff\xfe{}", "no text: invalid utf-8 sequence"),
            (merged.as_bytes(), "a merge left its marks in it, from line 1"),
            (b"[]", "JSON, but no notebook"),
            (b"7", "JSON, but no notebook"),
            (b"{}", "JSON, but no notebook"),
            (br#"{"nbformat": 3, "metadata": {}}"#, "nbformat is not 4"),
            (br#"{"nbformat": 4, "metadata": {}}"#, "there are no cells"),
            (br#"{"nbformat": 4, "metadata": 7, "cells": []}"#, "metadata"),
            (
                br#"{"nbformat": 4, "metadata": {"kernelspec": 7}, "cells": 7}"#,
                "there are no cells",
            ),
            (
                br#"{"nbformat": 4, "metadata": {}, "cells": [7]}"#,
                "a cell is no object",
            ),
            (
                br#"{"nbformat": 4, "metadata": {}, "cells": [{}]}"#,
                "unknown cell type",
            ),
        ] {
            let fault = fault_in(contents).unwrap_or_default();
            assert!(fault.contains(words), "{fault:?} has no {words:?}");
        }
    }

    #[test]
    fn file_that_is_not_there_is_a_fault() {
        let fault = fault_of(Path::new("no/such/file")).unwrap();
        assert!(fault.contains("No such file"), "{fault}");
    }
}
