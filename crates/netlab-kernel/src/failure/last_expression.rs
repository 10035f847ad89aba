//! The place of an error that is the last expression of a cell as a whole.
//!
//! `evcxr` puts brackets around that expression to show its value, each on a
//! line of its own. To the compiler they belong to the expression, and so
//! `evcxr` takes it for its own: an index that is out of bounds has no place.

use std::ops::Range;

use serde_json::Value;

/// Where the expression is in the cell, in characters, and what the compiler
/// says there; None if the error has another place.
pub(super) fn place(
    error: &Value,
    code: &str,
) -> Option<(Range<usize>, String)> {
    let mut spans = error["spans"].as_array()?.iter();
    let primary = spans.find(|span| span["is_primary"] == true)?;
    let lines = primary["text"].as_array()?;
    let (first, last) = (lines.first()?, lines.last()?);
    let column = |line: &Value, name: &str| {
        usize::try_from(line[name].as_u64()?).ok()?.checked_sub(1)
    };
    let opens = column(first, "highlight_start")?;
    let opening: String = first["text"].as_str()?.chars().skip(opens).collect();
    let closes = column(last, "highlight_end")?;
    let closing: String = last["text"].as_str()?.chars().take(closes).collect();
    if opening != "(" || closing != ")" {
        return None;
    }
    let inner = lines.get(1..lines.len() - 1)?.iter();
    let inner: Vec<&str> =
        inner.filter_map(|line| line["text"].as_str()).collect();
    let inner = inner.join("\n");
    let inner = inner.trim();
    // It is what the cell ends with.
    let at = code.rfind(inner).filter(|_| !inner.is_empty())?;
    let from = code[..at].chars().count();
    let label = primary["label"].as_str().unwrap_or_default();
    Some((from..from + inner.chars().count(), label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(lines: &[(&str, usize, usize)], code: &str) -> Option<Range<usize>> {
        let text: Vec<_> = lines
            .iter()
            .map(|(text, start, end)| {
                json!({
                    "text": text,
                    "highlight_start": start,
                    "highlight_end": end,
                })
            })
            .collect();
        let error = json!({ "spans": [
            { "is_primary": false, "text": [] },
            { "is_primary": true, "label": "here", "text": text },
        ]});
        let (place, label) = place(&error, code)?;
        assert_eq!(label, "here");
        Some(place)
    }

    #[test]
    fn expression_is_found_where_the_cell_ends() {
        let (first, last) = (("show(&(", 7, 8), (")).x();", 1, 2));
        let lines = [first, (" a[5]", 1, 6), last];
        assert_eq!(of(&lines, "let ж = a[5]; a[5]"), Some(14..18));
        let lines = [first, ("f(1)", 1, 5), ("  .g(a[5])", 1, 11), last];
        assert_eq!(of(&lines, "x;\nf(1)\n  .g(a[5])"), Some(3..18));
        assert_eq!(of(&[("a[5]", 1, 5)], "a[5]"), None);
        assert_eq!(of(&[first, last], "a[5]"), None);
    }
}
