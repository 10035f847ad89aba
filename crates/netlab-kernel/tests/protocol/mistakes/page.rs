//! The page `MISTAKES.md`: written from what the cells have shown, and kept
//! beside the README.

use std::fmt::Write;
use std::path::Path;

use super::{Mistake, Shown};

/// If set, the page is written anew.
const WRITE: &str = "NETLAB_WRITE_MISTAKES";

const HEAD: &str = "\
# Mistakes, and what the kernel says

Cells that students write by mistake, each executed by `tests/protocol/mistakes.rs`, which fails when this page says anything else.
`NETLAB_WRITE_MISTAKES=1 cargo test --release -p netlab-kernel --test protocol mistake` writes the page anew.

- **error**: the name of the error (`ename`), to which `raises-exception` and `expect` refer; «—» for a remark about a cell that has succeeded.
- **place**: line and column in the cell that was executed last.
- **says**: what the compiler says, and behind « · » what the kernel adds. `In[1]` is the first cell of the row.
";

/// Asserts that the page is what the cells have shown.
pub(super) fn agrees(sections: &[(&str, Vec<(&Mistake, Shown)>)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("MISTAKES.md");
    let page = written(sections);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (there, page)) in there.lines().zip(page.lines()).enumerate() {
        assert_eq!(there, page, "line {} of {}", line + 1, path.display());
    }
    assert_eq!(there, page, "{WRITE}=1 writes {} anew", path.display());
}

fn written(sections: &[(&str, Vec<(&Mistake, Shown)>)]) -> String {
    let mut page = HEAD.to_owned();
    for (title, mistakes) in sections {
        let head = "| mistake | cells | error | place | says |";
        write!(page, "\n## {title}\n\n{head}\n|---|---|---|---|---|\n")
            .unwrap();
        for (mistake, shown) in mistakes {
            let error = match shown.error.as_str() {
                "" => "—".to_owned(),
                name => code(name),
            };
            let cells = mistake.before.iter().chain([&mistake.cell]);
            let cells: Vec<String> = cells.map(|cell| code(cell)).collect();
            let place = match shown.place.as_str() {
                "" => "—",
                place => place,
            };
            writeln!(
                page,
                "| {} | {} | {error} | {place} | {} |",
                mistake.name,
                cells.join("<br>⏎<br>"),
                escaped(&shown.sentence()),
            )
            .unwrap();
        }
    }
    page
}

/// Lines of code in a cell of a table.
fn code(text: &str) -> String {
    let line = |line: &str| {
        let (line, mark) = match line.contains('`') {
            true => (format!(" {line} "), "``"),
            false => (line.to_owned(), "`"),
        };
        format!("{mark}{}{mark}", line.replace('|', "\\|"))
    };
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(line).collect::<Vec<_>>().join("<br>")
}

/// Words in a cell of a table; names stand in quotes of their own.
fn escaped(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(n, part)| match n % 2 {
        0 => part.replace('<', "\\<"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`").replace('|', "\\|")
}
