//! What makes a slide, and which slides are the lecture.
//!
//! A slide is the cells from one that starts it (`slide`, `subslide`) to the
//! next such cell, without those that are on no slide (`skip`, `notes`). The
//! *core* is what the lecturer shows: the columns of the deck. An *extra*
//! deepens the core slide above which it hangs.

use super::Findings;
use super::notebook::{Cell, Kind, Notebook};

/// One slide; it has at least one cell.
pub(super) struct Slide<'a> {
    pub(super) cells: Vec<&'a Cell>,
}

impl<'a> Slide<'a> {
    /// The cell that says what holds for the whole slide.
    pub(super) fn first(&self) -> &'a Cell {
        self.cells[0]
    }

    /// Whether the lecturer shows it.
    pub(super) fn is_core(&self) -> bool {
        self.first().netlab("track") != "extra"
    }

    /// Its code cells.
    pub(super) fn code(&self) -> impl Iterator<Item = &'a Cell> {
        let cells = self.cells.iter().copied();
        cells.filter(|cell| cell.kind == Kind::Code)
    }
}

/// The slides of a notebook, in order. Cells before the first slide are on
/// none.
pub(super) fn slides(notebook: &Notebook) -> Vec<Slide<'_>> {
    let mut slides: Vec<Slide<'_>> = Vec::new();
    for cell in notebook.cells.iter().filter(|cell| on_a_slide(cell)) {
        if starts_a_slide(cell) {
            slides.push(Slide { cells: vec![cell] });
        } else if let Some(slide) = slides.last_mut() {
            slide.cells.push(cell);
        }
    }
    slides
}

/// The slides of a lesson that the lecturer shows, those of all its notebooks.
pub(super) fn core(notebooks: &[Notebook]) -> Vec<Slide<'_>> {
    notebooks
        .iter()
        .flat_map(slides)
        .filter(Slide::is_core)
        .collect()
}

/// Whether the audience sees this cell in the deck.
pub(super) fn on_a_slide(cell: &Cell) -> bool {
    !["skip", "notes"].contains(&cell.slide_type())
}

fn starts_a_slide(cell: &Cell) -> bool {
    ["slide", "subslide"].contains(&cell.slide_type())
}

/// → walks the core, ↓ goes deeper: a core slide is a column of the deck, an
/// extra hangs below one.
pub(super) fn check(notebook: &Notebook, findings: &mut Findings) {
    let mut add = |cell: &Cell, problem: &str| {
        findings.add_cell(&notebook.file, &cell.id, problem);
    };
    for cell in &notebook.cells {
        let track = cell.netlab("track");
        if track.is_null() {
            continue;
        }
        if track != "core" && track != "extra" {
            add(cell, "netlab.track is neither core nor extra");
        }
        if !starts_a_slide(cell) {
            add(
                cell,
                "netlab.track is said by the first cell of a slide, for all \
                 of its cells",
            );
        }
    }
    let slides = slides(notebook);
    for slide in &slides {
        let first = slide.first();
        match (slide.is_core(), first.slide_type()) {
            (true, "subslide") => add(
                first,
                "starts a core slide, so its slide_type is slide; if the \
                 lecturer may leave it out, say \"track\": \"extra\"",
            ),
            (false, "slide") => add(
                first,
                "starts an extra, so its slide_type is subslide: extras hang \
                 below the slide that they deepen",
            ),
            _ => {}
        }
    }
    if let Some(slide) = slides.first()
        && !slide.is_core()
    {
        add(slide.first(), "an extra follows a core slide");
    }
    let early = notebook
        .cells
        .iter()
        .take_while(|cell| !starts_a_slide(cell));
    for cell in early {
        add(cell, "stands before the title, which a student sees first");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::{self, code, markdown, with};
    use super::*;

    fn problems(cells: &[serde_json::Value]) -> Vec<String> {
        let notebook = sample::notebook("01-a.ipynb", cells);
        sample::problems(|findings| check(&notebook, findings))
    }

    fn extra(slide_type: &str) -> serde_json::Value {
        with(markdown(slide_type, "### B"), "track", json!("extra"))
    }

    #[test]
    fn notes_and_skipped_cells_are_on_no_slide() {
        let notebook = sample::notebook(
            "01-a.ipynb",
            &[
                markdown("skip", "settings"),
                markdown("slide", "# A"),
                markdown("notes", "say it"),
                code("-", "let a = 1;"),
                markdown("subslide", "### B"),
            ],
        );
        let slides = slides(&notebook);
        let cells = slides.iter().map(|slide| slide.cells.len());
        assert_eq!(cells.collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn core_in_columns_with_extras_below_passes() {
        let cells = [markdown("slide", "# A"), extra("subslide")];
        assert!(problems(&cells).is_empty());
    }

    #[test]
    fn core_slide_below_another_is_found() {
        let found =
            problems(&[markdown("slide", ""), markdown("subslide", "")]);
        assert!(found[0].contains("slide_type is slide"), "{found:?}");
    }

    #[test]
    fn extra_that_is_a_column_is_found() {
        let found = problems(&[markdown("slide", "# A"), extra("slide")]);
        assert!(found[0].contains("subslide"), "{found:?}");
    }

    #[test]
    fn extra_that_deepens_nothing_is_found() {
        let found = problems(&[extra("subslide")]);
        assert!(found[0].contains("follows a core slide"), "{found:?}");
    }

    #[test]
    fn track_in_the_middle_of_a_slide_is_found() {
        let found = problems(&[markdown("slide", "# A"), extra("fragment")]);
        assert!(found[0].contains("first cell of a slide"), "{found:?}");
    }

    #[test]
    fn unknown_track_is_found() {
        let cell = with(markdown("slide", "# A"), "track", json!("bonus"));
        assert_eq!(problems(&[cell]).len(), 1);
    }

    #[test]
    fn cell_before_the_title_is_found() {
        for slide_type in ["-", "skip"] {
            let settings = markdown(slide_type, "settings");
            let found = problems(&[settings, markdown("slide", "# A")]);
            assert!(found[0].contains("before the title"), "{found:?}");
        }
    }
}
