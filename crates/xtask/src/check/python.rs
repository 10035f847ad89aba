//! The Python of the original stands, folded, beside the Rust that mirrors
//! it: who knows the lecture recognises it, who knows Python sees what Rust
//! changes.

use std::ops::RangeInclusive;

use super::Findings;
use super::coverage;
use super::notebook::{Cell, Kind, Notebook};
use super::slides::{Slide, core, slides};

/// The code blocks of the originals.
const CODE_BLOCKS: [&str; 25] = [
    "S1-05", "S1-07", "S1-09", "S1-12", "S1-14", "S2-16", "S2-18", "S2-20",
    "S2-22", "S2-25", "S2-27", "S2-29", "S2-31", "S2-34", "S2-35", "S2-37",
    "S2-39", "S2-41", "S2-42", "S2-43", "S2-46", "S2-48", "S2-49", "S2-50",
    "S2-51",
];

/// Those that are one line in the original.
const ONE_LINERS: [&str; 7] = [
    "S2-20", "S2-22", "S2-42", "S2-43", "S2-49", "S2-50", "S2-51",
];

const BEGIN: &str = "<details class=\"netlab-python\">";
const END: &str = "</details>";
const FENCE: &str = "```python";
const CHANGED: &str = "Что изменилось";

/// Checks the notebooks of one lesson.
pub(super) fn check(notebooks: &[Notebook], findings: &mut Findings) {
    let Some(first) = notebooks.first() else {
        return;
    };
    let core = core(notebooks);
    let ids = coverage::ids_of(first.lesson());
    for id in CODE_BLOCKS
        .iter()
        .filter(|id| ids.iter().any(|own| own == *id))
    {
        let mirrors_it = |slide: &&Slide<'_>| {
            slide.cells.iter().any(|cell| coverage::mirrors(cell, id))
        };
        let mut beside = core.iter().filter(mirrors_it);
        if !beside.any(|slide| slide.cells.iter().any(|cell| is_python(cell))) {
            findings.add(
                &first.file,
                format!(
                    "{id}: none of its core slides has the Python of the \
                     original: a Markdown cell with {BEGIN}<summary>На \
                     Python</summary>, a {FENCE} block and a line «{CHANGED}: …»"
                ),
            );
        }
    }
    for notebook in notebooks {
        for slide in slides(notebook) {
            let is_one_line = ONE_LINERS.iter().any(|id| {
                slide.cells.iter().any(|cell| coverage::mirrors(cell, id))
            });
            let lines = if is_one_line { 1..=8 } else { 3..=8 };
            for cell in slide.cells.iter().filter(|cell| is_python(cell)) {
                for problem in form(&cell.source, lines.clone()) {
                    findings.add_cell(&notebook.file, &cell.id, problem);
                }
            }
        }
    }
}

fn is_python(cell: &Cell) -> bool {
    cell.kind == Kind::Markdown && cell.source.contains(BEGIN)
}

fn form(source: &str, wanted: RangeInclusive<usize>) -> Vec<String> {
    let mut problems = Vec::new();
    let is_closed =
        source.matches("<details").count() == source.matches(END).count();
    if !is_closed {
        problems.push("its <details> is not closed".to_owned());
    } else if !source.trim_start().starts_with(BEGIN)
        || !source.trim_end().ends_with(END)
    {
        // The deck moves the whole cell out of the way.
        problems.push("the Python stands in a cell of its own".to_owned());
    }
    let Some((before, rest)) = source.split_once(FENCE) else {
        problems.push(format!("has no {FENCE} block"));
        return problems;
    };
    if !before.ends_with("\n\n") {
        problems.push(format!(
            "an empty line stands before {FENCE}, or Markdown is not read there"
        ));
    }
    let (code, after) = rest.split_once("\n```").unwrap_or((rest, ""));
    let lines = code.lines().filter(|line| !line.trim().is_empty()).count();
    if !wanted.contains(&lines) {
        problems.push(format!(
            "{lines} lines of Python, {} to {} are wanted",
            wanted.start(),
            wanted.end()
        ));
    }
    if !after.lines().any(|line| line.starts_with(CHANGED)) {
        problems
            .push(format!("no line after the Python begins with «{CHANGED}»"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{self, code, markdown, with};
    use super::*;

    const PYTHON: &str = "<details class=\"netlab-python\"><summary>На Python\
        </summary>\n\n```python\na = 1\nb = 2\n\nprint(a + b)\n```\n\n\
        Что изменилось: типы.\n\n</details>";

    fn problems(cells: &[Value]) -> Vec<String> {
        let lesson = [sample::notebook("03-a.ipynb", cells)];
        sample::problems(|findings| check(&lesson, findings))
    }

    fn mirror(id: &str) -> Value {
        with(code("slide", "let a = 1;"), "mirrors", json!([id]))
    }

    #[test]
    fn block_with_its_python_beside_it_passes() {
        let python = markdown("-", PYTHON);
        let cells = [mirror("S1-12"), python.clone(), mirror("S1-14"), python];
        let found = problems(&cells);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn block_without_its_python_is_named() {
        let cells = [mirror("S1-12"), markdown("-", PYTHON), mirror("S1-14")];
        let found = problems(&cells);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("S1-14: none"), "{found:?}");
    }

    #[test]
    fn python_on_an_extra_is_not_beside_the_block() {
        let extra = with(markdown("subslide", PYTHON), "track", json!("extra"));
        let found = problems(&[mirror("S1-12"), extra]);
        assert!(found[0].contains("S1-12: none"), "{found:?}");
    }

    #[test]
    fn python_is_short_and_says_what_changed() {
        assert!(form(PYTHON, 3..=8).is_empty());
        let wrong = PYTHON
            .replace("b = 2\n", "")
            .replace("Что изменилось", "Rust")
            .replace("</summary>\n\n", "</summary>\n");
        let found = form(&wrong, 3..=8);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[1].contains("2 lines of Python, 3 to 8"), "{found:?}");
        assert_eq!(form(&wrong, 1..=8).len(), 2);
    }

    #[test]
    fn details_that_are_not_closed_are_found() {
        let open = PYTHON.replace("</details>", "");
        assert!(form(&open, 3..=8)[0].contains("not closed"));
    }

    #[test]
    fn sentence_beside_the_python_is_found() {
        let crowded = format!("Так было.\n\n{PYTHON}");
        let found = form(&crowded, 3..=8);
        assert!(found[0].contains("a cell of its own"), "{found:?}");
    }
}
