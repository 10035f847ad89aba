"""Every slide of every deck: visited, run, measured, photographed.

The walk is made once for a lesson; each test asks what it found under one
rule. The pictures lie in `target/slides`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from drive_decks.deck import Deck
from drive_decks.lab_server import LabServer
from drive_decks.look import Look
from drive_decks.visit import visit
from run_lessons.lesson import find_lessons

CELL_SECONDS = 60.0
NOTEBOOKS = Path(__file__).resolve().parents[4] / "notebooks"
LESSONS = sorted(
    path.stem for path in NOTEBOOKS.glob("*.ipynb") if not path.stem.endswith("-client")
)


@dataclass
class Walked:
    """What is left of a walk."""

    look: Look
    decks: list[Deck]
    unsaved: bool


@pytest.fixture(scope="module", params=LESSONS)
def walked(
    request: pytest.FixtureRequest, browser: Browser, lab: LabServer, root: Path
) -> Iterator[Walked]:
    """The walk through a lesson."""
    (lesson,) = find_lessons([NOTEBOOKS / f"{request.param}.ipynb"], CELL_SECONDS)
    before = {book.path: book.path.read_bytes() for book in lesson.notebooks}
    look = Look(root / "target" / "slides", root / "pics")
    decks = {
        book: Deck(browser, lab, book.path, book.node) for book in lesson.notebooks
    }
    try:
        visit(lesson, decks, look)
        unsaved = all(path.read_bytes() == text for path, text in before.items())
        yield Walked(look, list(decks.values()), unsaved)
    finally:
        for deck in decks.values():
            deck.close()
        lab.end_kernels()


@pytest.mark.parametrize(
    "rule",
    [
        "overflow",
        "blank editor",
        "font size",
        "font",
        "contrast",
        "image",
        "error",
        "output",
        "edge",
        "mark",
    ],
)
def test_slides_keep_the_rule(walked: Walked, rule: str) -> None:
    """Before and after the run, on both screens."""
    assert walked.look.of(rule) == []


def test_running_a_cell_stays_on_its_slide(walked: Walked) -> None:
    """With Ctrl+Enter and Shift+Enter in turn."""
    assert [jump for deck in walked.decks for jump in deck.jumps] == []


def test_console_is_free_of_errors(walked: Walked) -> None:
    """Apart from those that RISE makes by itself."""
    assert [text for deck in walked.decks for text in deck.complaints.errors] == []


def test_no_request_leaves_the_machine(walked: Walked) -> None:
    """A lecture hall has no network."""
    assert [url for deck in walked.decks for url in deck.complaints.outside] == []


def test_deck_has_the_slides_of_the_notebook(walked: Walked) -> None:
    """As many as the metadata say, in the same order."""
    for deck in walked.decks:
        shown = deck.page.evaluate(
            "[...document.querySelectorAll('.slides > section > section')].map(s => s.id)"
        )
        assert shown == [slide.id for slide in deck.slides]


def test_walk_saves_nothing(walked: Walked) -> None:
    """The notebooks are those of the repository."""
    assert walked.unsaved
