"""The cells as a page and a deck show them: in which order, on which track."""

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from run_lessons.places import EXTRA, places_of, slide_type

_H1 = re.compile(r"^# ", re.MULTILINE)


class TitleFirst(Preprocessor):  # type: ignore[misc]
    """Begins a page with its title.

    A notebook may begin with cells that no slide shows.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook in the order of the page."""
        nb.cells.sort(key=lambda cell: not _is_title(cell))
        return nb, resources


def _is_title(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and _H1.search(cell.source) is not None


class ExtrasMarked(Preprocessor):  # type: ignore[misc]
    """Says where extra slides begin and end on a page.

    Those that follow each other are one passage. Exercises, which no slide
    shows, have headings of their own.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with the marks in the metadata of its cells."""
        before = None
        for cell, place in zip(nb.cells, places_of(nb.cells), strict=True):
            if place.track != EXTRA or slide_type(cell) == "skip":
                before = None
                continue
            cell.metadata["extra_start"] = before is None
            cell.metadata["extra_end"] = True
            if before is not None:
                before.metadata["extra_end"] = False
            before = cell
        return nb, resources


class NotesOfSlides(Preprocessor):  # type: ignore[misc]
    """Puts the notes of a slide behind its first cell, and drops skipped cells.

    Most notes follow the last fragment. There reveal.js would take them for
    notes of the fragment and hide them from the lecturer until it is shown.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook in the order of the deck."""
        slides: list[list[NotebookNode]] = [[]]
        for cell in nb.cells:
            if slide_type(cell) in ("slide", "subslide"):
                slides.append([])
            if slide_type(cell) != "skip":
                slides[-1].append(cell)
        nb.cells = [cell for slide in slides for cell in _notes_second(slide)]
        return nb, resources


def _notes_second(slide: list[NotebookNode]) -> list[NotebookNode]:
    notes = [cell for cell in slide if slide_type(cell) == "notes"]
    shown = [cell for cell in slide if slide_type(cell) != "notes"]
    return shown[:1] + notes + shown[1:]
