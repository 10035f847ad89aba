//! Rules for single cells: identity, metadata, and how much is read.

use super::Findings;
use super::markdown::words;
use super::notebook::{Cell, Kind, Notebook};
use super::slides::on_a_slide;

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
const KEYS: [&str; 10] = [
    "track",
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
const KEYS_OF_A_NOTEBOOK: [&str; 4] =
    ["lesson", "edition", "minutes", "mirrors"];

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    for problem in metadata_of_the_notebook(notebook) {
        findings.add(&notebook.file, problem);
    }
    let mut seen = Vec::new();
    for cell in &notebook.cells {
        let mut problems = identity(cell);
        if seen.contains(&&cell.id) {
            problems.push("its id is used twice".to_owned());
        }
        seen.push(&cell.id);
        problems.extend(metadata(cell));
        match cell.kind {
            Kind::Code => {}
            Kind::Markdown => problems.extend(prose(cell)),
            Kind::Raw => problems.push("is raw: no reader sees it".to_owned()),
        }
        for problem in problems {
            findings.add_cell(&notebook.file, &cell.id, problem);
        }
    }
}

fn metadata_of_the_notebook(notebook: &Notebook) -> Vec<String> {
    let mut problems = Vec::new();
    let own = notebook.metadata["netlab"].as_object();
    for key in own.into_iter().flatten().map(|(key, _)| key) {
        if !KEYS_OF_A_NOTEBOOK.contains(&key.as_str()) {
            problems.push(format!("unknown key netlab.{key} of the notebook"));
        }
    }
    if notebook.netlab("lesson") != notebook.lesson() {
        problems.push(format!(
            "netlab.lesson of the notebook is {}, its name says {:?}",
            notebook.netlab("lesson"),
            notebook.lesson()
        ));
    }
    let edition = notebook.netlab("edition");
    if !edition.is_null() && edition.as_u64().is_none_or(|n| n == 0) {
        problems.push(format!("netlab.edition is {edition}, not 1, 2, …"));
    }
    problems
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

fn prose(cell: &Cell) -> Vec<String> {
    let words = words(&cell.source);
    if on_a_slide(cell) && words > SLIDE_WORDS {
        return vec![format!(
            "{words} words on a slide, {SLIDE_WORDS} are read"
        )];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{self, markdown};
    use super::*;

    fn cell(source: &str, metadata: serde_json::Value) -> Cell {
        Cell {
            id: "s2-16-server".to_owned(),
            kind: Kind::Markdown,
            source: source.to_owned(),
            metadata,
        }
    }

    #[test]
    fn random_id_of_jupyterlab_is_found() {
        let mut random = cell("", json!({}));
        random.id = "3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned();
        assert_eq!(identity(&random).len(), 1);
        assert!(identity(&cell("", json!({}))).is_empty());
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

    #[test]
    fn only_what_is_read_on_the_slide_counts_as_words() {
        let slide = json!({"slideshow": {"slide_type": "slide"}});
        let long = "слово ".repeat(41);
        assert_eq!(prose(&cell(&long, slide.clone())).len(), 1);
        let folded = format!("<details>{long}</details>");
        assert!(prose(&cell(&folded, slide)).is_empty());
        let notes = json!({"slideshow": {"slide_type": "notes"}});
        assert!(prose(&cell(&long, notes)).is_empty());
    }

    #[test]
    fn notebook_says_its_lesson_and_nothing_unknown() {
        let problems = |netlab: serde_json::Value| {
            let mut notebook =
                sample::notebook("02-a.ipynb", &[markdown("slide", "# A")]);
            for (key, value) in netlab.as_object().unwrap() {
                notebook.set_netlab(key, value.clone());
            }
            metadata_of_the_notebook(&notebook).len()
        };
        assert_eq!(problems(json!({"lesson": "02", "edition": 2})), 0);
        assert_eq!(problems(json!({"lesson": "01"})), 1);
        assert_eq!(problems(json!({"lesson": "02", "edition": "2"})), 1);
        assert_eq!(problems(json!({"lesson": "02", "moods": 1})), 1);
    }
}
