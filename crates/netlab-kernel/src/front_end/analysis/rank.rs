//! Which completion comes first.
//!
//! `evcxr` gives them in the order in which rust-analyzer meets them. First
//! comes what this session has used, the oftener the sooner; then what network
//! programs are made of; then the shorter name, so that `connect` comes before
//! `connect_timeout`.

use std::cmp::Reverse;
use std::collections::HashMap;

/// What the lessons use of std, the most used first: counted in their cells.
const OFTEN: [&str; 54] = [
    "println",
    "Ok",
    "Result",
    "new",
    "TcpStream",
    "write_all",
    "connect",
    "spawn",
    "lock",
    "Duration",
    "Vec",
    "unwrap",
    "wait",
    "bind",
    "local_addr",
    "drop",
    "TcpListener",
    "accept",
    "process",
    "read",
    "String",
    "Mutex",
    "from_secs",
    "Some",
    "join",
    "Err",
    "format",
    "len",
    "scope",
    "from",
    "map_err",
    "kind",
    "into",
    "push",
    "read_exact",
    "id",
    "from_millis",
    "Shutdown",
    "from_utf8_lossy",
    "set_read_timeout",
    "to_string",
    "write",
    "Instant",
    "now",
    "elapsed",
    "sleep",
    "shutdown",
    "SocketAddr",
    "Barrier",
    "read_to_string",
    "fetch_add",
    "map",
    "read_to_end",
    "Arc",
];

/// How often the cells of a session have used each name.
#[derive(Default)]
pub(super) struct Uses(HashMap<String, usize>);

impl Uses {
    /// Counts the names in the text of cells.
    pub(super) fn of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        let mut uses = Self::default();
        for cell in cells {
            for name in words(cell) {
                *uses.0.entry(name.to_owned()).or_default() += 1;
            }
        }
        uses
    }

    /// Sorts completions for what has been typed so far; `name_of` gives the
    /// code that each of them would insert.
    pub(super) fn sort<T>(
        &self,
        typed: &str,
        all: &mut [T],
        name_of: impl Fn(&T) -> &str,
    ) {
        all.sort_by_cached_key(|one| {
            let name = words(name_of(one)).next().unwrap_or_default();
            let used = self.0.get(name).copied().unwrap_or(0);
            let often = OFTEN.iter().position(|it| *it == name);
            // Without a letter there are no equal beginnings, and the order of
            // rust-analyzer has the type's own methods first.
            let length = if typed.is_empty() { 0 } else { name.len() };
            (
                // Such as `iter().position(…)` for `po`.
                !name.starts_with(typed),
                name != typed,
                Reverse(used),
                often.unwrap_or(OFTEN.len()),
                length,
                if typed.is_empty() { "" } else { name }.to_owned(),
            )
        });
    }
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(cells: &[&str], typed: &str, names: &[&str]) -> Vec<String> {
        let mut names: Vec<String> =
            names.iter().map(|&name| name.to_owned()).collect();
        Uses::of(cells.iter().copied()).sort(typed, &mut names, |it| it);
        names
    }

    #[test]
    fn shorter_of_two_equal_beginnings_comes_first() {
        assert_eq!(
            sorted(&[], "xy", &["xyz_a(b)", "xyz(abcdefghij)", "xyab"]),
            ["xyz(abcdefghij)", "xyab", "xyz_a(b)"]
        );
    }

    #[test]
    fn names_of_the_lessons_come_before_others() {
        assert_eq!(
            sorted(&[], "b", &["borrow()", "by_ref()", "bind(addr)"]),
            ["bind(addr)", "borrow()", "by_ref()"]
        );
        assert_eq!(
            sorted(&[], "conn", &["connect_timeout(a, t)", "connect(a)"]),
            ["connect(a)", "connect_timeout(a, t)"]
        );
    }

    #[test]
    fn what_the_session_has_used_comes_first() {
        let cells = ["s.take_error(); // 1", "s.take_error()", "s.take(1)"];
        assert_eq!(
            sorted(&cells, "ta", &["take(limit)", "take_error()"]),
            ["take_error()", "take(limit)"]
        );
    }

    #[test]
    fn whole_word_comes_before_all_others() {
        let cells = ["connect_timeout connect_timeout"];
        assert_eq!(
            sorted(&cells, "connect", &["connect_timeout(a)", "connect(a)"]),
            ["connect(a)", "connect_timeout(a)"]
        );
    }

    #[test]
    fn macro_is_sorted_by_its_name_alone() {
        let names = ["assert_eq!()", "assert!()", "assert_ne!()"];
        for typed in ["ass", "assert"] {
            assert_eq!(
                sorted(&["assert_eq!(a, b)"], "assert", &names)[0],
                "assert!()"
            );
            assert_eq!(sorted(&[], typed, &names)[0], "assert!()");
        }
    }

    #[test]
    fn way_to_a_name_comes_behind_all_names() {
        let cells = ["v.iter() v.iter()"];
        assert_eq!(
            sorted(&cells, "po", &["iter().position(p)", "pop()"]),
            ["pop()", "iter().position(p)"]
        );
    }

    #[test]
    fn without_a_letter_the_rest_stays_in_its_order() {
        assert_eq!(
            sorted(&[], "", &["zebra()", "ant()", "accept()"]),
            ["accept()", "zebra()", "ant()"]
        );
    }
}
