//! Rules for code cells: what a student can read on a slide, and what runs on
//! every machine.

use super::Findings;
use super::golf;
use super::notebook::{Cell, Kind, Notebook};
use super::slides::{on_a_slide, slides};

const CELL_LINES: usize = 12;
const SLIDE_LINES: usize = 14;

/// The ports of the original lectures, which mirrored cells ask for. Any other
/// number would collide with somebody else's server sooner or later.
const PORTS_OF_THE_ORIGINAL: [&str; 3] = ["5555", "10001", "10002"];

/// How wide code may be; in a pair each notebook has half of the screen.
pub(super) fn columns(notebook: &Notebook) -> usize {
    match notebook.is_paired {
        true => 60,
        false => 72,
    }
}

pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let columns = columns(notebook);
    for cell in notebook.cells.iter().filter(|cell| cell.kind == Kind::Code) {
        let mut problems = readable(cell, columns);
        problems.extend(harmless(cell));
        for problem in problems {
            findings.add_cell(&notebook.file, &cell.id, problem);
        }
    }
    for slide in slides(notebook) {
        let lines: usize =
            slide.code().map(|cell| cell.source.lines().count()).sum();
        if slide.code().count() > 1 && lines > SLIDE_LINES {
            findings.add_cell(
                &notebook.file,
                &slide.first().id,
                format!(
                    "its slide has {lines} lines of code, {SLIDE_LINES} fit: \
                     make two steps of it, each on a slide"
                ),
            );
        }
    }
}

fn readable(cell: &Cell, columns: usize) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = cell.source.lines().count();
    if on_a_slide(cell) && lines > CELL_LINES {
        problems.push(format!(
            "{lines} lines do not fit a slide ({CELL_LINES}): make two steps \
             of it"
        ));
    }
    for (number, line) in (1..).zip(cell.source.lines()) {
        let width = line.chars().count();
        if width > columns {
            problems.push(format!(
                "line {number} has {width} columns, {columns} are shown"
            ));
        }
    }
    problems.extend(golf::check(&cell.source).into_iter().map(str::to_owned));
    problems
}

fn harmless(cell: &Cell) -> Vec<String> {
    let mut problems = Vec::new();
    for line in cell.source.lines() {
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

#[cfg(test)]
mod tests {
    use super::super::sample::{self, code};
    use super::*;

    fn problems(cells: &[(&str, &str)]) -> Vec<String> {
        let cells: Vec<_> = cells
            .iter()
            .map(|(slide_type, source)| code(slide_type, source))
            .collect();
        let notebook = sample::notebook("01-a.ipynb", &cells);
        sample::problems(|findings| check(&notebook, findings))
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
            assert!(problems(&[("-", &source)]).is_empty(), "{port}");
        }
        assert_eq!(problems(&[("-", "bind(\"127.0.0.1:8080\")")]).len(), 1);
    }

    #[test]
    fn long_cell_passes_only_off_the_slides() {
        let long = "let a = 1;\n".repeat(13);
        assert_eq!(problems(&[("slide", &long)]).len(), 1);
        assert!(problems(&[("skip", &long)]).is_empty());
    }

    #[test]
    fn pair_shows_fewer_columns_than_a_single_notebook() {
        let line = format!("// {}", "x".repeat(60));
        let mut notebook =
            sample::notebook("01-a.ipynb", &[code("skip", &line)]);
        for (is_paired, found) in [(false, 0), (true, 1)] {
            notebook.is_paired = is_paired;
            let problems = sample::problems(|f| check(&notebook, f));
            assert_eq!(problems.len(), found);
        }
    }

    #[test]
    fn slide_with_too_much_code_in_all_is_found() {
        let part = "let a = 1;\n".repeat(8);
        assert_eq!(problems(&[("slide", &part), ("-", &part)]).len(), 1);
        let two_slides = [("slide", &*part), ("subslide", &*part)];
        assert!(problems(&two_slides).is_empty());
    }
}
