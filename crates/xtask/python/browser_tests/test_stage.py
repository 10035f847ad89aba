"""What a lecturer does with the keyboard on stage."""

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, FrameLocator

from drive_decks.deck import READY_MS, Deck
from drive_decks.lab_server import LabServer

CELL_SECONDS = 300.0
_HERE = "document.querySelector('section.present > section.present').id"


@pytest.fixture(scope="module")
def deck(browser: Browser, lab: LabServer, root: Path):  # type: ignore[no-untyped-def]
    """The deck of the first lesson."""
    notebook = root / "notebooks/01-sockets.ipynb"
    deck = Deck(browser, lab, notebook, nbformat.read(notebook, as_version=4))
    yield deck
    deck.close()
    lab.end_kernels()


def test_space_goes_on_and_shift_space_goes_back(deck: Deck) -> None:
    """From the title to the plan, and back."""
    deck.page.keyboard.press("Escape")
    deck.page.keyboard.press("Space")
    deck.page.wait_for_function(f"{_HERE} === 'slide-0-1'")
    deck.page.keyboard.press("Shift+Space")
    deck.page.wait_for_function(f"{_HERE} === 'slide-0-0'")


def test_speaker_notes_open_with_t(deck: Deck, root: Path) -> None:
    """They show the notes of the slide on stage, which stays there."""
    deck.go(deck.slides[2])
    deck.page.locator(
        "section.present > section.present .jp-CodeCell .cm-content"
    ).first.click()
    deck.page.keyboard.press("Escape")
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    speaker = popup.value
    notes = speaker.locator(".speaker-controls-notes")
    notes.locator("li").get_by_text("Спросить").first.wait_for(timeout=READY_MS)
    assert "**" not in notes.inner_text(), "the source of the notes is shown as well"
    # Two previews, each a deck of its own, which begins with its first slide.
    for preview in range(2):
        frame = speaker.frame_locator("iframe").nth(preview)
        frame.locator(".reveal.ready section.present").first.wait_for(timeout=READY_MS)
    shown = speaker.frame_locator("iframe").nth(0)
    shown.locator("section.present > section.present#slide-1-0").wait_for()
    assert deck.page.evaluate(_HERE) == "slide-1-0"
    speaker.set_viewport_size({"width": 1280, "height": 800})
    speaker.screenshot(path=root / "target/slides/speaker.png")
    speaker.close()


def test_keys_in_the_window_of_the_speaker_move_the_deck(deck: Deck) -> None:
    """Also while the cursor is in a cell, and after a click on a preview."""
    deck.go(deck.slides[2])
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    speaker = popup.value
    shown = speaker.frame_locator("iframe").nth(0)
    shown.locator("section.present > section.present#slide-1-0").wait_for(
        timeout=READY_MS
    )
    deck.page.locator(
        "section.present > section.present .jp-CodeCell .cm-content"
    ).first.click()
    speaker.keyboard.press("ArrowRight")
    _both_are_on("slide-2-0", deck, shown)
    shown.locator("section.present > section.present").click()
    speaker.keyboard.press("ArrowLeft")
    _both_are_on("slide-1-0", deck, shown)
    speaker.close()


def _both_are_on(slide: str, deck: Deck, preview: FrameLocator) -> None:
    deck.page.wait_for_function(f"{_HERE} === '{slide}'", timeout=READY_MS)
    here = preview.locator(f"section.present > section.present#{slide}")
    here.wait_for(timeout=READY_MS)


def test_shift_enter_stays_on_the_slide_without_a_cursor_too(deck: Deck) -> None:
    """After Esc the cell is chosen, its text is not being edited."""
    slide = deck.slides[2]
    deck.go(slide)
    deck.page.locator(
        "section.present > section.present .jp-CodeCell .cm-content"
    ).last.click()
    deck.page.keyboard.press("Escape")
    deck.page.keyboard.press("Shift+Enter")
    deck.wait(slide.cells[-2], CELL_SECONDS)
    assert deck.page.evaluate(_HERE) == "slide-1-0"


def test_transition_of_the_original_is_used(browser: Browser, deck: Deck) -> None:
    """The other tests switch it off in the address."""
    page = browser.new_page()
    page.goto(deck.page.url.split("?")[0])
    page.wait_for_selector(".reveal.ready.zoom section.present")
    page.close()
