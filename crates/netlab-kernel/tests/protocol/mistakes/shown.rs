//! What a cell has shown of its mistake.

use serde_json::Value;

use crate::client::Client;
use crate::places::plain;

/// What clients were told, without colours. Cells are counted as in a notebook
/// that has nothing but this mistake, and ports have no numbers.
pub(super) struct Shown {
    /// The name of the error; empty without one.
    pub(super) error: String,
    /// The error in one line; the remark without one.
    pub(super) value: String,
    /// Everything.
    pub(super) text: String,
    /// The first place in the cell itself, `2:5`.
    pub(super) place: String,
}

impl Shown {
    /// Executes a cell; `first` is the count of the first cell of a mistake.
    pub(super) fn by(
        client: &mut Client,
        cell: &str,
        first: &mut Option<u64>,
    ) -> Self {
        let id = client.send_execute(cell, serde_json::json!({}));
        let count = client.begins(&id, cell);
        let first = *first.get_or_insert(count);
        let mut remarks = String::new();
        let mut error = Value::Null;
        loop {
            let message = client.publication();
            assert_eq!(message.parent, id, "{message:?}");
            match message.kind.as_str() {
                "stream" if message.content["name"] == "stderr" => {
                    remarks += message.content["text"].as_str().unwrap();
                }
                "error" => error = message.content,
                "status" => break,
                _ => {}
            }
        }
        client.reply(&id, "execute_reply");
        let own = |text: &str| of_one_notebook(&plain(text), first);
        let lines = error["traceback"].as_array().into_iter().flatten();
        let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
        let text = own(&format!("{remarks}{}", lines.join("\n")));
        let value = error["evalue"].as_str().unwrap_or(&remarks);
        Self {
            error: error["ename"].as_str().unwrap_or_default().to_owned(),
            value: own(value.trim_end()),
            place: place(&text, count - first + 1),
            text,
        }
    }

    /// Whether a line of the report begins in English and goes on in Russian.
    pub(super) fn mixes_languages(&self) -> bool {
        let is_english =
            |line: &str| line.contains("Note: ") || line.contains("Error: ");
        let mut lines = self.text.lines();
        lines.any(|line| is_english(line) && is_russian(line))
    }

    /// What is said in Russian, in one line; what the compiler says without.
    pub(super) fn sentence(&self) -> String {
        if is_russian(&self.value) {
            return self.value.replace('\n', " ");
        }
        let ours: Vec<&str> = self
            .text
            .lines()
            .filter(|line| is_russian(line) && !line.contains('│'))
            .map(|line| {
                line.rsplit_once(": ").map_or(line, |(at, said)| {
                    if at.starts_with("In[") { said } else { line }
                })
            })
            .map(str::trim)
            .collect();
        match ours.is_empty() {
            true => self.value.replace('\n', " "),
            false => format!("{} · {}", self.value, ours.join(" · ")),
        }
    }
}

fn is_russian(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, 'а'..='я' | 'А'..='Я' | 'ё'))
}

/// What stands before the number of a cell.
const CELLS: [&str; 7] = [
    "In[",
    "чейка [",
    "чейки [",
    "чейке [",
    "чейку [",
    "чейкой [",
    " в [",
];

/// What stands before the number of a port.
const PORTS: [&str; 2] = ["127.0.0.1:", "Порт "];

/// The text with the cells counted from `first` on, and without ports.
fn of_one_notebook(text: &str, first: u64) -> String {
    let own = |count: &str| match count.parse::<u64>() {
        Ok(count) if count >= first => (count + 1 - first).to_string(),
        _ => count.to_owned(),
    };
    let cells = CELLS
        .iter()
        .fold(text.to_owned(), |text, before| numbers(&text, before, own));
    PORTS.iter().fold(cells, |text, before| {
        numbers(&text, before, |_| "…".to_owned())
    })
}

/// The text with each number behind `before` changed.
fn numbers(
    text: &str,
    before: &str,
    change: impl Fn(&str) -> String,
) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let end = part.find(|c: char| !c.is_ascii_digit());
        let (number, rest) = part.split_at(end.unwrap_or(part.len()));
        let number = match number {
            "" => String::new(),
            number => change(number),
        };
        text + before + &number + rest
    })
}

/// The first place in this cell.
fn place(text: &str, count: u64) -> String {
    let name = format!("In[{count}]:");
    let at = text.find(&name).map(|at| &text[at + name.len()..]);
    let end = |c: char| !c.is_ascii_digit() && c != ':';
    let place = at.and_then(|at| at.split(end).next());
    place.unwrap_or_default().trim_end_matches(':').to_owned()
}
