"""Where each cell of a notebook stands: on which track, in which section."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

CORE, EXTRA = "core", "extra"
SETUP_TAG = "setup"

_SECTION = re.compile(r"\s*## +(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(eq=False)
class Section:
    """The slides from one `## ` to the next."""

    title: str
    minutes: float = 0.0
    """What its core slides are planned to take."""

    def followed_by(self, title: str) -> "Section":
        """The section that a heading opens.

        What stands before the first heading, the title, belongs to the first.
        """
        if self.title:
            return Section(title)
        self.title = title
        return self


@dataclass(frozen=True)
class Place:
    """The track and the section of one cell."""

    track: str
    section: Section


def places_of(cells: Iterable[NotebookNode]) -> list[Place]:
    """The place of each cell, in their order.

    A slide is of the track that its first cell names, and core if it names
    none. What no slide shows (exercises) is extra. What the tag `setup` marks
    is core wherever it stands: the rest would not compile without it.
    """
    places: list[Place] = []
    section, track, on_a_slide = Section(""), CORE, False
    for cell in cells:
        kind = slide_type(cell)
        if kind == "skip":
            places.append(Place(_unless_setup(EXTRA, cell), section))
            continue
        netlab = cell.metadata.get("netlab", {})
        opens = kind in ("slide", "subslide") or not on_a_slide
        if opens:
            track = EXTRA if netlab.get("track") == EXTRA else CORE
            on_a_slide = True
        # An extra deepens the section in which it hangs, it opens none.
        if track == CORE and (title := _section_title(cell)):
            section = section.followed_by(title)
        if opens and track == CORE:
            section.minutes += _number(netlab.get("minutes"))
        places.append(Place(_unless_setup(track, cell), section))
    return places


def slide_type(cell: NotebookNode) -> str:
    """`slide`, `subslide`, `fragment`, `notes`, `skip` or `-`."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type") or "-")


def _unless_setup(track: str, cell: NotebookNode) -> str:
    return CORE if SETUP_TAG in cell.metadata.get("tags", []) else track


def _section_title(cell: NotebookNode) -> str | None:
    """The heading with which a cell opens a section, without its marks."""
    found = _SECTION.match(cell.source) if cell.cell_type == "markdown" else None
    return re.sub(r"[*_`]+", "", found[1]) if found else None


def _number(minutes: object) -> float:
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    return float(minutes) if is_number else 0.0  # type: ignore[arg-type]
