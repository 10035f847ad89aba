//! A place in a cell, shown with its line and a mark below it.

use super::marks::sentence;

/// Three lines: the name of the place with what is said about it, the line of
/// the cell, and a mark below the byte `at`.
pub(super) fn lines(
    count: u32,
    code: &str,
    at: usize,
    said: &str,
) -> Vec<String> {
    let before = &code[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].chars().count();
    let text = code.lines().nth(line).unwrap_or_default();
    // What stands before the mark keeps its tabs, so that both lines agree.
    let blank: String = before[start..]
        .chars()
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let mut place = format!("In[{count}]:{}:{}", line + 1, column + 1);
    if !said.is_empty() {
        place = sentence(&format!("{place}: {said}"));
    }
    vec![
        place,
        format!("{:>4} │ {text}", line + 1),
        format!("     │ {blank}^"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_counted_in_characters() {
        assert_eq!(
            lines(7, "// ж\nlet ж = \"", 15, "здесь"),
            [
                &*sentence("In[7]:2:9: здесь"),
                "   2 │ let ж = \"",
                "     │         ^"
            ]
        );
    }
}
