//! Links and figures: what is named exists, and every figure has a text for
//! those who can't see it.

use super::Findings;
use super::notebook::{Kind, Notebook};
use crate::project::Project;

pub(super) fn check(
    project: &Project,
    notebook: &Notebook,
    findings: &mut Findings,
) {
    for cell in &notebook.cells {
        if cell.kind != Kind::Markdown {
            continue;
        }
        for figure in figures(&cell.source) {
            if figure.alt.trim().is_empty() {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    format!("the figure {} has no alt text", figure.target),
                );
            }
        }
        for target in targets(&cell.source) {
            let is_remote = target.contains("://") || target.starts_with('#');
            let path = target.split('#').next().unwrap_or(target);
            if !is_remote && !project.notebooks().join(path).exists() {
                findings.add_cell(
                    &notebook.file,
                    &cell.id,
                    format!("{target} does not exist"),
                );
            }
        }
    }
}

struct Figure<'a> {
    alt: &'a str,
    target: &'a str,
}

/// `![alt](target)` and `<img src="target" alt="alt">`.
fn figures(markdown: &str) -> Vec<Figure<'_>> {
    let markdown_style = markdown.match_indices("![").filter_map(|(at, _)| {
        let (alt, rest) = markdown[at + 2..].split_once("](")?;
        let (target, _) = rest.split_once(')')?;
        Some(Figure { alt, target })
    });
    let html_style = markdown.match_indices("<img").filter_map(|(at, _)| {
        let (tag, _) = markdown[at..].split_once('>')?;
        Some(Figure {
            alt: attribute(tag, "alt").unwrap_or_default(),
            target: attribute(tag, "src")?,
        })
    });
    markdown_style.chain(html_style).collect()
}

/// Everything a Markdown text points at.
fn targets(markdown: &str) -> Vec<&str> {
    let links = markdown.match_indices("](").filter_map(|(at, _)| {
        let (target, _) = markdown[at + 2..].split_once(')')?;
        Some(target)
    });
    let images = figures(markdown).into_iter().map(|figure| figure.target);
    links.chain(images).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let (value, _) = tag[start..].split_once('"')?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_in_both_spellings() {
        let text =
            "![клиент](../pics/a.svg) <img src=\"b.svg\" alt=\"сервер\">";
        let found: Vec<_> =
            figures(text).iter().map(|f| (f.alt, f.target)).collect();
        assert_eq!(found, [("клиент", "../pics/a.svg"), ("сервер", "b.svg")]);
    }

    #[test]
    fn figure_without_alt_is_read_with_an_empty_one() {
        assert_eq!(figures("<img src=\"b.svg\" width=\"50%\">")[0].alt, "");
    }

    #[test]
    fn links_are_targets() {
        assert_eq!(targets("см. [клиент](01-a.ipynb)"), ["01-a.ipynb"]);
    }
}
