//! Rules for single cells: identity, metadata, and what fits a slide.

use super::Findings;
use super::notebook::{Cell, Kind, Notebook};

const CODE_LINES: usize = 14;
const CODE_COLUMNS: usize = 80;
const SLIDE_WORDS: usize = 40;

const SLIDE_TYPES: [&str; 6] =
    ["slide", "subslide", "fragment", "skip", "notes", "-"];
const TAGS: [&str; 5] = [
    "raises-exception",
    "skip-execution",
    "setup",
    "exercise",
    "solution",
];
const KEYS: [&str; 9] = [
    "mirrors",
    "expect",
    "serve",
    "ends",
    "client_of",
    "minutes",
    "exercise",
    "solution",
    "limit",
];

/// The ports of the original lectures, which mirrored cells ask for. Any other
/// number would collide with somebody else's server sooner or later.
const PORTS_OF_THE_ORIGINAL: [&str; 3] = ["5555", "10001", "10002"];

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let mut seen = Vec::new();
    let mut lines_on_slide = 0;
    for cell in &notebook.cells {
        let mut problems = identity(cell);
        if seen.contains(&&cell.id) {
            problems.push("its id is used twice".to_owned());
        }
        seen.push(&cell.id);
        problems.extend(metadata(cell));
        match cell.kind {
            Kind::Code => problems.extend(code(cell)),
            Kind::Markdown => problems.extend(prose(cell)),
            Kind::Raw => problems.push("is raw: no reader sees it".to_owned()),
        }
        if ["slide", "subslide"].contains(&cell.slide_type()) {
            lines_on_slide = 0;
        }
        if cell.kind == Kind::Code && on_a_slide(cell) {
            let own = cell.source.lines().count();
            lines_on_slide += own;
            if lines_on_slide > CODE_LINES && own <= CODE_LINES {
                problems.push(format!(
                    "its slide now has {lines_on_slide} lines of code, \
                     {CODE_LINES} fit: start a subslide before it"
                ));
            }
        }
        for problem in problems {
            findings.add_cell(&notebook.file, &cell.id, problem);
        }
    }
}

fn on_a_slide(cell: &Cell) -> bool {
    !["skip", "notes"].contains(&cell.slide_type())
}

fn identity(cell: &Cell) -> Vec<String> {
    let readable = cell
        .id
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let random = cell.id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && cell.id.bytes().any(|b| b.is_ascii_digit())
        && cell.id.len() >= 8;
    if cell.id.is_empty() || !readable || random {
        return vec![
            "give it a readable id, such as s2-16-server-v1".to_owned(),
        ];
    }
    Vec::new()
}

fn metadata(cell: &Cell) -> Vec<String> {
    let mut problems = Vec::new();
    if !SLIDE_TYPES.contains(&cell.slide_type()) {
        problems.push(format!(
            "slide_type is {:?}, one of {} is needed",
            cell.slide_type(),
            SLIDE_TYPES.join(", ")
        ));
    }
    for tag in cell.tags().filter(|tag| !TAGS.contains(tag)) {
        problems.push(format!("unknown tag {tag}"));
    }
    let own = cell.metadata["netlab"].as_object();
    for key in own.into_iter().flatten().map(|(key, _)| key) {
        if !KEYS.contains(&key.as_str()) {
            problems.push(format!("unknown key netlab.{key}"));
        }
    }
    let must_fail = !cell.netlab("expect").is_null();
    if must_fail != cell.has_tag("raises-exception") {
        problems.push(
            "netlab.expect and the tag raises-exception go together".to_owned(),
        );
    }
    if cell.netlab("serve").is_null() != cell.netlab("ends").is_null() {
        problems.push("netlab.serve and netlab.ends go together".to_owned());
    }
    if let Some(ends) = cell.netlab("ends").as_str()
        && !["close", "interrupt"].contains(&ends)
    {
        problems.push(format!("netlab.ends is {ends}, not close or interrupt"));
    }
    problems
}

fn code(cell: &Cell) -> Vec<String> {
    let mut problems = Vec::new();
    let on_a_slide = on_a_slide(cell);
    let lines = cell.source.lines().count();
    if on_a_slide && lines > CODE_LINES {
        problems
            .push(format!("{lines} lines do not fit a slide ({CODE_LINES})"));
    }
    for (number, line) in cell.source.lines().enumerate() {
        let columns = line.chars().count();
        if on_a_slide && columns > CODE_COLUMNS {
            problems.push(format!("line {} has {columns} columns", number + 1));
        }
        if line.trim_start().starts_with(":dep") && !line.contains("path =") {
            problems.push(":dep without a path needs the network".to_owned());
        }
        for port in ports(line) {
            if port != "0" && !PORTS_OF_THE_ORIGINAL.contains(&port) {
                problems.push(format!("port {port}: only 0 never collides"));
            }
        }
    }
    if cell.source.contains("0.0.0.0") {
        problems.push("listens beyond loopback".to_owned());
    }
    if cell.source.contains(").await") && !cell.source.contains("async") {
        problems
            .push("top-level .await makes every later cell slow".to_owned());
    }
    problems
}

/// The literal ports of a line: the digits behind `127.0.0.1:`,
/// `localhost:`, or as the second half of an address pair.
fn ports(line: &str) -> Vec<&str> {
    ["127.0.0.1:", "localhost:", "127.0.0.1\", ", "localhost\", "]
        .iter()
        .flat_map(|host| {
            line.match_indices(host).map(|(at, host)| at + host.len())
        })
        .map(|start| {
            let rest = &line[start..];
            let end = rest.find(|c: char| !c.is_ascii_digit());
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|port| !port.is_empty())
        .collect()
}

fn prose(cell: &Cell) -> Vec<String> {
    let words = cell
        .source
        .lines()
        .filter(|line| !line.starts_with('|') && !line.starts_with("<img"))
        .flat_map(str::split_whitespace)
        .filter(|word| word.chars().any(char::is_alphabetic))
        .count();
    if on_a_slide(cell) && words > SLIDE_WORDS {
        return vec![format!(
            "{words} words on a slide, {SLIDE_WORDS} are read"
        )];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(source: &str, metadata: serde_json::Value) -> Cell {
        Cell {
            id: "s2-16-server".to_owned(),
            kind: Kind::Code,
            source: source.to_owned(),
            metadata,
        }
    }

    #[test]
    fn literal_ports_are_found_in_both_spellings() {
        assert_eq!(ports(r#"bind("127.0.0.1:4711")?"#), ["4711"]);
        assert_eq!(ports(r#"connect(("127.0.0.1", 80))"#), ["80"]);
        assert!(ports("let n = 4711;").is_empty());
    }

    #[test]
    fn only_ports_of_the_original_and_zero_pass() {
        for port in ["0", "10001", "10002", "5555"] {
            let source = format!("TcpListener::bind(\"127.0.0.1:{port}\")?");
            assert!(code(&cell(&source, json!({}))).is_empty(), "{port}");
        }
        assert_eq!(code(&cell("bind(\"127.0.0.1:8080\")", json!({}))).len(), 1);
    }

    #[test]
    fn random_id_of_jupyterlab_is_found() {
        let mut random = cell("", json!({}));
        random.id = "3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned();
        assert_eq!(identity(&random).len(), 1);
        assert!(identity(&cell("", json!({}))).is_empty());
    }

    #[test]
    fn long_cell_passes_only_off_the_slides() {
        let long = "let a = 1;\n".repeat(15);
        let slide = json!({"slideshow": {"slide_type": "slide"}});
        let skip = json!({"slideshow": {"slide_type": "skip"}});
        assert_eq!(code(&cell(&long, slide)).len(), 1);
        assert!(code(&cell(&long, skip)).is_empty());
    }

    #[test]
    fn slide_with_too_much_code_in_all_is_found() {
        let code = "let a = 1;\n".repeat(8);
        let cell = |id: &str, slide_type: &str| {
            json!({"cell_type": "code", "id": id, "source": code,
                "metadata": {"slideshow": {"slide_type": slide_type}}})
        };
        let problems = |second: &str| {
            let cells = [cell("s2-01-a", "slide"), cell("s2-01-b", second)];
            let text = json!({"nbformat": 4, "metadata": {}, "cells": cells});
            let notebook = Notebook::parse("01-a.ipynb", &text.to_string());
            let mut findings = Findings::default();
            check(&notebook.unwrap(), &mut findings);
            findings.0.len()
        };
        assert_eq!(problems("-"), 1);
        assert_eq!(problems("subslide"), 0);
    }

    #[test]
    fn must_fail_cell_needs_tag_and_expectation() {
        let slide = json!({"slide_type": "slide"});
        let half = json!({"slideshow": slide, "netlab": {"expect": "E0382"}});
        let whole = json!({"slideshow": slide, "netlab": {"expect": "E0382"},
            "tags": ["raises-exception"]});
        assert_eq!(metadata(&cell("", half)).len(), 1);
        assert!(metadata(&cell("", whole)).is_empty());
    }
}
