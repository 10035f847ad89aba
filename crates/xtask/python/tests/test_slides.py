"""Which cells make which slide."""

from drive_decks.slides import slides_of
from nbformat.v4 import new_markdown_cell, new_notebook


def places(*kinds: str) -> list[tuple[int, int, list[int]]]:
    """The slides of a notebook whose cells have these slide types."""
    cells = [
        new_markdown_cell(kind, metadata={"slideshow": {"slide_type": kind}})
        for kind in kinds
    ]
    slides = slides_of(new_notebook(cells=cells))
    return [(slide.across, slide.down, slide.cells) for slide in slides]


def test_slides_go_across_and_subslides_down() -> None:
    """As in the overview of a deck."""
    assert places("slide", "subslide", "slide") == [
        (0, 0, [0]),
        (0, 1, [1]),
        (1, 0, [2]),
    ]


def test_what_hangs_below_a_column_is_extra() -> None:
    """The first slide of a column is the lecture."""
    kinds = ("slide", "subslide", "subslide", "slide")
    cells = [
        new_markdown_cell("", metadata={"slideshow": {"slide_type": kind}})
        for kind in kinds
    ]
    slides = slides_of(new_notebook(cells=cells))
    assert [slide.is_extra for slide in slides] == [False, True, True, False]
    assert [slide.id for slide in slides][1:3] == ["slide-0-1", "slide-0-2"]


def test_fragments_and_unmarked_cells_stay_on_the_slide() -> None:
    """They appear, they do not turn the page."""
    assert places("slide", "-", "fragment") == [(0, 0, [0, 1, 2])]


def test_hidden_cells_and_notes_are_on_no_slide() -> None:
    """Even at the very beginning."""
    assert places("skip", "slide", "notes", "skip", "subslide") == [
        (0, 0, [1]),
        (0, 1, [4]),
    ]


def test_first_visible_cell_opens_the_first_slide() -> None:
    """Whatever it says it is."""
    assert places("subslide", "slide") == [(0, 0, [0]), (1, 0, [1])]
