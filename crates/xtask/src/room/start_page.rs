//! The start page of a room: that of the course, without the ways to what
//! can't be read. JupyterLab would show a grey page there.

use super::Notebooks;
use crate::lessons::Lesson;

/// The page without links to these notebooks; it says what to do about them.
pub(super) fn without(
    page: &str,
    unreadable: &[String],
    notebooks: Notebooks,
) -> String {
    if unreadable.is_empty() {
        return page.to_owned();
    }
    let mut words = String::from("\n");
    for file in unreadable {
        words += &format!("\n> {}\n", sentence(file, notebooks));
    }
    // Below the title, which is a line of its own.
    let title = page.find("\n# ").map_or(0, |at| at + 1);
    let end = page[title..].find('\n').map_or(page.len(), |at| title + at);
    let (head, rest) = page.split_at(end);
    format!("{head}{words}{}", without_links(rest, unreadable))
}

fn sentence(file: &str, notebooks: Notebooks) -> String {
    let number = Lesson::number_in(file);
    match notebooks {
        Notebooks::Mine => format!(
            "Блокнот `{file}` не читается. Команда `cargo lab reset {number}` \
             вернёт занятие к началу, а этот файл останется рядом."
        ),
        Notebooks::Course => format!(
            "Блокнот `{file}` не читается. Команда \
             `git checkout HEAD -- notebooks/{file}` вернёт его из последнего \
             коммита."
        ),
    }
}

/// Takes the address away from each link to one of the notebooks, alone or in
/// a pair; its text stays.
fn without_links(page: &str, unreadable: &[String]) -> String {
    let leads_there = |address: &str| {
        let name = address.rsplit('/').next().unwrap_or_default();
        unreadable.iter().any(|file| {
            let stem = file.strip_suffix(".ipynb").unwrap_or(file);
            let pair = stem.strip_suffix("-client").unwrap_or(stem);
            name == file || name == pair
        })
    };
    let mut pieces = page.split("href=\"");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('"') {
            Some((address, rest)) if leads_there(address) => kept += rest,
            _ => kept = kept + "href=\"" + piece,
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!-- written -->\n<div>\n\n# Занятия\n\n\
        <a href=\"/lab/workspaces/01-a\" target=\"_self\">pair</a>\n\
        <a href=\"notebooks/01-a.ipynb\">server</a>\n\
        <a href=\"/rise/notebooks/01-a-client.ipynb\">deck</a>\n\
        <a href=\"notebooks/02-b.ipynb\">other</a>\n";

    fn shown(unreadable: &[&str]) -> String {
        let unreadable: Vec<_> =
            unreadable.iter().map(|&file| file.to_owned()).collect();
        without(PAGE, &unreadable, Notebooks::Mine)
    }

    #[test]
    fn readable_lessons_are_shown_as_the_course_has_them() {
        assert_eq!(shown(&[]), PAGE);
    }

    #[test]
    fn no_link_leads_to_what_cannot_be_read() {
        let page = shown(&["01-a-client.ipynb"]);
        assert!(page.contains("<a  target=\"_self\">pair</a>"), "{page}");
        assert!(page.contains("<a >deck</a>"), "{page}");
        assert!(page.contains("href=\"notebooks/01-a.ipynb\""), "{page}");
        assert!(page.contains("href=\"notebooks/02-b.ipynb\""), "{page}");
    }

    #[test]
    fn what_to_do_stands_below_the_title() {
        let page = shown(&["01-a.ipynb", "02-b.ipynb"]);
        let (_, below) = page.split_once("# Занятия\n").unwrap();
        assert!(below.starts_with("\n> Блокнот `01-a.ipynb` не"), "{page}");
        assert!(below.contains("`cargo lab reset 02`"), "{page}");
        let (words, links) = below.split_once("\n\n<").unwrap();
        assert_eq!(words.matches("\n> ").count(), 2, "{page}");
        assert_eq!(links.matches("href").count(), 1, "only the client's");
    }
}
