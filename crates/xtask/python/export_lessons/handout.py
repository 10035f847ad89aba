"""What the site says about a lesson and its notebooks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from run_lessons.lesson import find_lessons
from run_lessons.notebook import UnreadableNotebook, read

_TITLE = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)
_NO_LIMIT = 1.0


@dataclass(eq=False)
class Handout:
    """One notebook on its way into the site."""

    source: Path
    """The notebook as it is in the repository."""
    node: NotebookNode | None = None
    """The same with its outputs; `None` if it was not executed."""
    title: str = ""
    question: str = ""
    """The sentence under the title."""
    minutes: float = 0.0
    """How long its core slides take."""
    has_deck: bool = False
    has_pdf: bool = False

    @property
    def stem(self) -> str:
        """The name of all its files, without the extension."""
        return self.source.stem

    @property
    def page(self) -> str:
        """The file of the page, beside the deck and the rest."""
        return f"{self.stem}.html"

    @property
    def deck(self) -> str:
        """The file of the deck."""
        return f"{self.stem}.deck.html"

    @property
    def pdf(self) -> str:
        """The file of the printed deck."""
        return f"{self.stem}.pdf"


@dataclass(eq=False)
class Lesson:
    """The notebooks of a lesson, the one of the lecture first."""

    number: str
    handouts: list[Handout] = field(default_factory=list)

    @property
    def is_executed(self) -> bool:
        """Whether there is something to show."""
        return all(handout.node is not None for handout in self.handouts)

    @property
    def minutes(self) -> str:
        """How long it takes, its notebooks together; nothing if none says so."""
        minutes = sum(handout.minutes for handout in self.handouts)
        return f"{minutes:g}".replace(".", ",") if minutes else ""


def gather(
    notebooks: Iterable[Path], executed: Path, failed: Iterable[str]
) -> list[Lesson]:
    """The lessons of the named notebooks, each once, in their order.

    Executed copies lie in `executed` under the same names. A lesson that is
    named in `failed`, or has no such copy, is there without its outputs.
    """
    failed = set(failed)
    lessons = []
    for path in dict.fromkeys(notebooks):
        sources = _notebooks_of(path)
        copies = [executed / source.name for source in sources]
        usable = path.stem not in failed and all(copy.is_file() for copy in copies)
        lesson = Lesson(path.stem.split("-")[0])
        for source, copy in zip(sources, copies, strict=True):
            lesson.handouts.append(_handout(source, copy if usable else None))
        lessons.append(lesson)
    return lessons


def _notebooks_of(path: Path) -> list[Path]:
    try:
        [lesson] = find_lessons([path], _NO_LIMIT)
    except UnreadableNotebook:
        return [path]
    return [notebook.path for notebook in lesson.notebooks]


def _handout(source: Path, executed: Path | None) -> Handout:
    handout = Handout(source, title=source.stem)
    try:
        node = read(executed or source, _NO_LIMIT).node
    except UnreadableNotebook:
        return handout
    if executed is not None:
        handout.node = node
    heading, handout.question = _first_heading(node)
    handout.title = node.metadata.get("title") or heading or source.stem
    handout.minutes = node.metadata.get("netlab", {}).get("minutes", 0)
    return handout


def _first_heading(node: NotebookNode) -> tuple[str, str]:
    """The H1 and the first line of prose below it."""
    for cell in node.cells:
        found = _TITLE.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            below = cell.source[found.end() :].strip().split("\n\n")[0]
            plain = "" if below.startswith(("<", "|", "#")) else below
            return found[1], re.sub(r"[*_`]+", "", " ".join(plain.split()))
    return "", ""

