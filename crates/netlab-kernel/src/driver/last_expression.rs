//! Errors in the last expression of a cell.
//!
//! `evcxr` shows the value of that expression by a method first, and knows no
//! place in the brackets that it writes around it. An error there makes it
//! show the value in another way, whose places it knows; unless a note of the
//! error lies in the code of a cell, as "function defined here" does: then it
//! takes the note for the error, and that is all a student sees. So such notes
//! lose their places.

use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// What `evcxr` writes around the expression, each as a line.
const BEFORE: &str = "(";
const BEHIND: &str = ").evcxr_display();";

/// The messages of cargo about a cell that did not compile, without places of
/// notes where the error has none in the cell.
pub(super) fn without_places_of_notes(out: Vec<u8>, cell: &str) -> Vec<u8> {
    let (Ok(text), Some(shown)) = (str::from_utf8(&out), shown(cell)) else {
        return out;
    };
    let lines = text.split_inclusive('\n');
    let mended = lines.map(|line| match changed(line, &shown) {
        Some(message) => format!("{message}\n"),
        None => line.to_owned(),
    });
    mended.collect::<String>().into_bytes()
}

/// The lines of the expression in the file that was compiled.
fn shown(cell: &str) -> Option<RangeInclusive<u64>> {
    let lines: Vec<&str> = cell.lines().map(str::trim).collect();
    let end = lines.iter().rposition(|line| *line == BEHIND)?;
    let begin = lines[..end].iter().rposition(|line| *line == BEFORE)?;
    Some(begin as u64 + 1..=end as u64 + 1)
}

/// The message, if it is an error that lies in these lines only.
fn changed(line: &str, shown: &RangeInclusive<u64>) -> Option<Value> {
    let mut said: Value = serde_json::from_str(line).ok()?;
    let error = &mut said["message"];
    if error["level"] != "error" {
        return None;
    }
    let spans = error["spans"].as_array()?.iter().filter_map(in_the_cell);
    let lines: Vec<[u64; 2]> = spans.filter_map(lines_of).collect();
    let is_inside =
        |lines: &[u64; 2]| lines.iter().all(|line| shown.contains(line));
    if lines.is_empty() || !lines.iter().all(is_inside) {
        return None;
    }
    for note in error["children"].as_array_mut()? {
        note["spans"] = json!([]);
    }
    Some(said)
}

/// The place in the cell, where a macro is called if it lies in one.
fn in_the_cell(mut span: &Value) -> Option<&Value> {
    while !span["file_name"].as_str()?.ends_with("lib.rs") {
        span = &span["expansion"]["span"];
    }
    Some(span)
}

fn lines_of(span: &Value) -> Option<[u64; 2]> {
    Some([span["line_start"].as_u64()?, span["line_end"].as_u64()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: &str = "fn f(n: u8) {}\n(\n\nf()\n).evcxr_display();\nOk(())\n";

    fn span(file: &str, line: u64, outer: Option<Value>) -> Value {
        json!({
            "file_name": file, "line_start": line, "line_end": line,
            "expansion": outer.map(|span| json!({ "span": span })),
        })
    }

    /// Whether the note about the first line keeps its place.
    fn keeps_the_note(level: &str, spans: Vec<Value>, cell: &str) -> bool {
        let note = json!({ "spans": [span("src/lib.rs", 1, None)] });
        let said = json!({ "message": {
            "level": level, "spans": spans, "children": [note],
        }});
        let line = format!("{said}\n");
        let mended = without_places_of_notes(line.into_bytes(), cell);
        let mended: Value = serde_json::from_slice(&mended).unwrap();
        mended["message"]["children"][0]["spans"] != json!([])
    }

    #[test]
    fn note_is_not_taken_for_an_error_of_the_last_expression() {
        let inside = || span("src/lib.rs", 4, None);
        let keeps = |spans| keeps_the_note("error", spans, CELL);
        assert!(!keeps(vec![inside()]));
        assert!(!keeps(vec![span("std/macros.rs", 90, Some(inside()))]));
        assert!(keeps(vec![inside(), span("src/lib.rs", 1, None)]));
        assert!(keeps(vec![span("std/lib.rs.txt", 4, None)]));
        assert!(keeps_the_note("warning", vec![inside()], CELL));
        let silent = CELL.replace(BEHIND, ");");
        assert!(keeps_the_note("error", vec![inside()], &silent));
    }

    #[test]
    fn what_is_no_message_stays_as_it_is() {
        let out = b"not json\n{\"reason\":\"x\"}".to_vec();
        assert_eq!(without_places_of_notes(out.clone(), CELL), out);
    }
}
