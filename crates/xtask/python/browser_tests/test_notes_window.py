"""The window of the lecturer: its words, its previews, its keys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.deck import HERE, PRESENT, READY_MS, SMALL, Deck
from drive_decks.slides import Slide
from playwright.sync_api import FrameLocator, Page

LAYOUTS = {
    "default": "обычный",
    "wide": "широкий",
    "tall": "высокий",
    "notes-only": "только заметки",
}

# What lies where on the screen, on each other, or is cut.
_OVER_PREVIEWS = """() => [...document.querySelectorAll("iframe")].flatMap(frame => {
    const {left, top, width, height} = frame.getBoundingClientRect();
    if (!width) return [];
    const over = [];
    for (const x of [0.02, 0.5, 0.98]) for (const y of [0.02, 0.1, 0.98]) {
        const there = document.elementFromPoint(left + x * width, top + y * height);
        if (there !== frame) over.push(there?.className ?? "outside the window");
    }
    return over;
})"""
# What asks or ends something in a preview, and what could be scrolled away.
_DISTURBING = """() => [...document.querySelectorAll(
    ".jp-Dialog, .jp-Toolbar, .jp-Notebook-footer")].filter(
        e => e.checkVisibility()).map(e => e.className).concat(
    [...document.querySelectorAll("body, body :not(section, section *)")].filter(
        e => e.checkVisibility() && e.scrollHeight > e.clientHeight + 1 &&
            /auto|scroll/.test(getComputedStyle(e).overflowY)).map(
        e => `${e.className} has a scroll bar`))"""


@pytest.fixture(scope="module")
def asking(deck: Deck) -> Slide:
    """A slide whose notes ask something and answer it."""
    for index, cell in enumerate(deck.node.cells):
        if "netlab-notes" in cell.source and "Ответ" in cell.source:
            return [s for s in deck.slides if s.cells[0] < index][-1]
    pytest.fail("no notes ask and answer")


@pytest.fixture(scope="module")
def window(deck: Deck, asking: Slide, root: Path) -> Iterator[Page]:
    """The window, opened by T on that slide.

    Two previews, each a deck of its own, which begins with its first slide.
    """
    deck.go(asking)
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    for preview in range(2):
        frame = popup.value.frame_locator("iframe").nth(preview)
        frame.locator(".reveal.ready section.present").first.wait_for(timeout=READY_MS)
    _preview(popup.value, 0, asking)
    yield popup.value
    popup.value.close()


def _preview(window: Page, which: int, slide: Slide) -> FrameLocator:
    """A preview, when it shows this slide: 0 the deck's, 1 the next one."""
    frame = window.frame_locator("iframe").nth(which)
    frame.locator(f"{PRESENT}#{slide.id}").wait_for(timeout=READY_MS)
    return frame


def test_notes_are_those_of_the_slide_and_unfolded(
    deck: Deck, window: Page, asking: Slide
) -> None:
    """The slide on stage stays where it is, and the next one is the next one."""
    notes = window.locator(".speaker-controls-notes")
    notes.locator("li").get_by_text("Спросить").first.wait_for(timeout=READY_MS)
    assert "**" not in notes.inner_text(), "the source of the notes is shown as well"
    assert not notes.get_by_text("Заметки лектора").first.is_visible()
    answer = notes.locator("details details").first
    assert answer.evaluate("e => e.open")
    assert len(answer.inner_text()) > len("Ответ") + 10
    assert deck.page.evaluate(HERE) == asking.id
    _preview(window, 1, deck.core(asking.across + 1))


def test_window_is_in_russian(window: Page, root: Path) -> None:
    """Title, labels, layouts; the clock has 24 hours."""
    assert window.title() == "Окно лектора"
    labels = window.locator(".label, .reset-button, option").all_text_contents()
    assert labels and not [text for text in labels if re.search("[A-Za-z]", text)]
    assert re.fullmatch(r"\d\d:\d\d", window.locator(".clock-value").inner_text())
    for layout, name in LAYOUTS.items():
        window.locator("select").select_option(layout)
        assert window.locator(".speaker-layout-label").inner_text() == f"Вид: {name}"
    window.locator("select").select_option("default")


def test_nothing_lies_over_a_preview(window: Page, root: Path) -> None:
    """In every layout, from a small window to a large screen."""
    for width, height in ((800, 600), SMALL, (1920, 1080)):
        window.set_viewport_size({"width": width, "height": height})
        for layout in LAYOUTS:
            window.locator("select").select_option(layout)
            assert window.evaluate(_OVER_PREVIEWS) == [], f"{layout} {width}"
    window.locator("select").select_option("default")
    window.set_viewport_size({"width": 1280, "height": 800})
    for preview in window.frames[1:]:
        assert preview.evaluate(_DISTURBING) == []
    window.screenshot(path=root / "target/slides/speaker.png")


def test_its_keys_move_the_deck(deck: Deck, window: Page, deep: list[Slide]) -> None:
    """As on stage; also while the cursor is in a cell, and after a click on a
    preview. The other preview shows what Space will bring.
    """
    first, extra, following = deep[0], deep[1], deep[-1]
    deck.go(first)
    shown = _preview(window, 0, first)
    _preview(window, 1, following)
    deck.page.locator(f"{PRESENT} .jp-CodeCell .cm-content").first.click()
    for key, slide in (
        ("ArrowDown", extra),
        ("ArrowUp", first),
        ("Space", following),
        ("Shift+Space", first),
        ("End", deck.core(deck.slides[-1].across)),
        ("Home", deck.core(0)),
    ):
        window.keyboard.press(key)
        _both_are_on(slide, deck, window)
    deck.go(first)
    shown.locator(f"{PRESENT}#{first.id}").click()
    window.keyboard.press("ArrowDown")
    _both_are_on(extra, deck, window)
    window.keyboard.press("ArrowRight")
    _both_are_on(following, deck, window)


def _both_are_on(slide: Slide, deck: Deck, window: Page) -> None:
    deck.page.wait_for_function(f"{HERE} === '{slide.id}'", timeout=READY_MS)
    _preview(window, 0, slide)


def test_keys_of_the_deck_work_after_it_had_the_focus(
    deck: Deck, window: Page, deep: list[Slide]
) -> None:
    """Without a click on a slide."""
    first, extra = deep[0], deep[1]
    deck.go(first)
    deck.page.keyboard.press("Escape")
    window.bring_to_front()
    window.locator(".speaker-controls-notes").click()
    deck.page.bring_to_front()
    deck.press("ArrowDown", extra)
    deck.press("ArrowUp", first)
    deck.press("End", deck.core(deck.slides[-1].across))
    deck.press("Home", deck.core(0))
    deck.page.keyboard.press("w")
    deck.page.wait_for_selector(".reveal.overview")
    deck.page.keyboard.press("w")
    deck.page.wait_for_selector(".reveal:not(.overview)")
