//! Names and code in a text of the compiler, which stand in backquotes.

/// What stands in backquotes, in its order.
pub(super) fn quoted(text: &str) -> impl Iterator<Item = &str> {
    // Behind the last one of an odd number nothing is quoted.
    let count = text.matches('`').count() / 2;
    text.split('`').skip(1).step_by(2).take(count)
}

/// The first of it.
pub(super) fn first(text: &str) -> Option<&str> {
    quoted(text).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_part_is_quoted() {
        let found: Vec<_> = quoted("`a` and `b`: `").collect();
        assert_eq!(found, ["a", "b"]);
        assert_eq!(first("no `end"), None);
    }
}
