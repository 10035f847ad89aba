//! Which cell to run for a name that the compiler does not find.

mod sentence;
mod wanted;

use std::collections::BTreeSet;

use evcxr::CompilationError;

use crate::engine::{Fate, Lesson, Namespace, Wanted, is_in_item};

/// Where a name is.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    /// In this session.
    Session(Fate),
    /// In an item of the cell, which does not see the variables.
    Unseen,
    /// In the saved notebook only.
    Saved(Saved),
    /// A trait that nobody brings in.
    Nowhere,
}

/// A cell of the notebook that was not executed in this session.
#[derive(Debug, Clone, PartialEq)]
struct Saved {
    heading: Option<String>,
    /// None if it is not known where the cell stands that looks for the name.
    is_above: Option<bool>,
    is_setup: bool,
    /// Nothing was executed in this session before, and there are cells that
    /// prepare the lesson.
    is_first: bool,
}

/// One sentence for each cause, with all names that are lost by it.
pub(crate) fn sentences(
    errors: &[CompilationError],
    code: &str,
    namespace: &Namespace,
    lesson: &Lesson,
) -> Vec<String> {
    let mut told: Vec<(Found, Vec<Wanted>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for error in errors {
        let Some(wanted) = wanted::of(&error.json) else {
            continue;
        };
        let span = error.primary_spanned_message().and_then(|said| said.span);
        let line = span.map_or(0, |span| span.start_line);
        let found = found(&wanted, code, line, namespace, lesson);
        if let Some(found) = found
            && seen.insert(wanted.clone())
        {
            match told.iter_mut().find(|(fate, _)| *fate == found) {
                Some((_, names)) => names.push(wanted),
                None => told.push((found, vec![wanted])),
            }
        }
    }
    sentence::all(&told)
}

fn found(
    wanted: &Wanted,
    code: &str,
    line: usize,
    namespace: &Namespace,
    lesson: &Lesson,
) -> Option<Found> {
    let fate = namespace.fate(wanted);
    let is_variable =
        matches!(fate, Some(Fate::Variable)) || wanted.is_variable_of(code);
    if is_variable && line > 0 && is_in_item(code, line) {
        return Some(Found::Unseen);
    }
    match fate {
        Some(Fate::Variable | Fate::There { .. }) => return None,
        Some(fate) => return Some(Found::Session(fate)),
        None => {}
    }
    match lesson.definer(wanted) {
        Some(definer) => Some(Found::Saved(Saved {
            heading: definer.cell.heading.clone(),
            is_above: definer.is_above,
            is_setup: definer.cell.is_setup,
            is_first: namespace.is_fresh() && lesson.has_setup(),
        })),
        None => matches!(wanted, Wanted::Trait(_)).then_some(Found::Nowhere),
    }
}
