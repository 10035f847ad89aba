//! The inputs of this session, kept in memory.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::wire::Request;

/// The session number of the only session that there is.
const SESSION: u32 = 0;

/// What was executed, oldest first.
#[derive(Default)]
pub(crate) struct History(Mutex<Vec<Entry>>);

#[derive(Clone)]
struct Entry {
    count: u32,
    code: String,
}

impl History {
    /// Remembers the input with this execution count.
    pub(crate) fn push(&self, count: u32, code: &str) {
        let code = code.to_owned();
        self.0.lock().unwrap().push(Entry { count, code });
    }

    /// The text of all inputs, the oldest first.
    pub(crate) fn cells(&self) -> Vec<String> {
        let entries = self.0.lock().unwrap();
        entries.iter().map(|entry| entry.code.clone()).collect()
    }

    /// Answers a [`history_request`].
    ///
    /// Outputs are not kept: asked for, they are null.
    ///
    /// [`history_request`]: https://jupyter-client.readthedocs.io/en/stable/messaging.html#history
    pub(crate) fn answer(&self, request: &Request) -> Value {
        let entries = self.0.lock().unwrap();
        let number =
            |member: &str| request.content[member].as_i64().unwrap_or(0);
        let limit = usize::try_from(number("n")).unwrap_or(0);
        let chosen: Vec<Entry> = match request.text("hist_access_type") {
            "range" => range(
                &entries,
                number("start"),
                request.content["stop"].as_i64(),
            ),
            "search" => {
                let unique = request.switch("unique", false);
                let found = search(&entries, request.text("pattern"), unique);
                last(&found, if limit == 0 { found.len() } else { limit })
            }
            _ => last(&entries, limit),
        };
        let output = request.switch("output", false);
        let history: Vec<Value> = chosen
            .iter()
            .map(|entry| match output {
                true => json!([SESSION, entry.count, [entry.code, null]]),
                false => json!([SESSION, entry.count, entry.code]),
            })
            .collect();
        json!({ "status": "ok", "history": history })
    }
}

fn last(entries: &[Entry], limit: usize) -> Vec<Entry> {
    entries[entries.len().saturating_sub(limit)..].to_vec()
}

/// Inputs from `start` up to, not including, `stop`; 0 as `start` is the
/// present input as `IPython` counts, so it stands for the first.
fn range(entries: &[Entry], start: i64, stop: Option<i64>) -> Vec<Entry> {
    let inside = |entry: &&Entry| {
        let count = i64::from(entry.count);
        count >= start && stop.is_none_or(|stop| stop <= 0 || count < stop)
    };
    entries.iter().filter(inside).cloned().collect()
}

fn search(entries: &[Entry], pattern: &str, unique: bool) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for entry in entries.iter().filter(|e| matches(pattern, &e.code)) {
        if unique {
            found.retain(|earlier| earlier.code != entry.code);
        }
        found.push(entry.clone());
    }
    found
}

/// Whether the whole text fits a pattern with `*` and `?`, as in a shell.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the latest `*` stands, and how much of the text it covers up to.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, covered)) = star else {
                    return false;
                };
                star = Some((at, covered + 1));
                p = at + 1;
                t = covered + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_fits_the_whole_input() {
        assert!(matches("let*", "let x = 1;"));
        assert!(matches("*x = ?;", "let x = 1;"));
        assert!(!matches("x", "let x = 1;"));
        assert!(matches("*", ""));
        assert!(matches("*1*2*", "a1b1c2"));
    }

    #[test]
    fn unique_search_keeps_the_latest() {
        let entry = |count, code: &str| Entry {
            count,
            code: code.into(),
        };
        let entries = [entry(1, "a"), entry(2, "b"), entry(3, "a")];
        let counts = |found: Vec<Entry>| -> Vec<u32> {
            found.iter().map(|entry| entry.count).collect()
        };
        assert_eq!(counts(search(&entries, "*", true)), [2, 3]);
        assert_eq!(counts(search(&entries, "a", false)), [1, 3]);
        assert_eq!(counts(range(&entries, 2, Some(3))), [2]);
        assert_eq!(counts(last(&entries, 2)), [2, 3]);
    }
}
