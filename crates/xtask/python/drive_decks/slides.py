"""Which cells make which slide: the rules of RISE, applied to the file.

The columns are the lecture; what hangs below the first slide of a column is
extra.
"""

from dataclasses import dataclass, field

from nbformat import NotebookNode


@dataclass
class Slide:
    """One screen of a deck."""

    across: int
    down: int
    cells: list[int] = field(default_factory=list)
    """Positions of the visible cells in the notebook, from 0."""
    title: str = ""

    @property
    def id(self) -> str:
        """The name of its element in the page."""
        return f"slide-{self.across}-{self.down}"

    @property
    def is_extra(self) -> bool:
        """Whether it hangs below a slide of the lecture."""
        return self.down > 0

    def __str__(self) -> str:
        return f"slide {self.across}.{self.down} «{self.title}»"


def slides_of(notebook: NotebookNode) -> list[Slide]:
    """The slides of a notebook in the order in which they are shown."""
    slides: list[Slide] = []
    for index, cell in enumerate(notebook.cells):
        kind = slide_type(cell)
        if kind in ("skip", "notes"):
            continue
        if not slides:
            slides.append(Slide(0, 0))
        elif kind == "slide":
            slides.append(Slide(slides[-1].across + 1, 0))
        elif kind == "subslide":
            slides.append(Slide(slides[-1].across, slides[-1].down + 1))
        slides[-1].cells.append(index)
        slides[-1].title = slides[-1].title or _heading(cell)
    return slides


def slide_type(cell: NotebookNode) -> str:
    """`slide`, `subslide`, `fragment`, `skip`, `notes` or `-`."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def _heading(cell: NotebookNode) -> str:
    first = cell.source.split("\n", 1)[0]
    return first.lstrip("# ")[:60] if cell.cell_type == "markdown" else cell.id
