"""What a lecturer does with the keyboard on stage."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from drive_decks.deck import HERE, READY_MS, Deck
from drive_decks.lab_server import LabServer
from drive_decks.slides import Slide
from playwright.sync_api import Browser, FrameLocator, Page

CELL_SECONDS = 300.0
_PRESENT = "section.present > section.present"
_CODE = f"{_PRESENT} .jp-CodeCell .cm-content"


@pytest.fixture(scope="module")
def deck(browser: Browser, lab: LabServer, root: Path) -> Iterator[Deck]:
    """The deck of the first lesson."""
    deck = _opened(browser, lab, root)
    yield deck
    deck.close()
    lab.end_kernels()


@pytest.fixture(scope="module")
def setup(deck: Deck) -> Slide:
    """The slide that loads the crate: it has code, and nothing comes before it."""
    return next(s for s in deck.slides if _is_code(deck, s.cells))


@pytest.fixture(scope="module")
def deep(deck: Deck) -> list[Slide]:
    """A slide with code, its extras, and the slide of the lecture that follows.

    There is another slide of the lecture before it, and no server waits in it.
    """
    for column in _columns(deck)[1:-1]:
        metadata = [deck.node.cells[i].metadata.get("netlab", {}) for i in column[0].cells]
        waits = any("serve" in netlab for netlab in metadata)
        if len(column) > 1 and _is_code(deck, column[0].cells) and not waits:
            return [*column, _core(deck, column[0].across + 1)]
    pytest.fail("no slide of the lecture has extras")


def _opened(browser: Browser, lab: LabServer, root: Path) -> Deck:
    notebook = root / "notebooks/01-sockets.ipynb"
    return Deck(browser, lab, notebook, nbformat.read(notebook, as_version=4))


def _is_code(deck: Deck, cells: list[int]) -> bool:
    return any(deck.node.cells[index].cell_type == "code" for index in cells)


def _columns(deck: Deck) -> list[list[Slide]]:
    columns = range(deck.slides[-1].across + 1)
    return [[s for s in deck.slides if s.across == across] for across in columns]


def _core(deck: Deck, across: int) -> Slide:
    return _columns(deck)[across][0]


def test_keys_work_at_once(browser: Browser, lab: LabServer, root: Path) -> None:
    """Nobody has clicked anywhere yet."""
    deck = _opened(browser, lab, root)
    last = deck.slides[-1].across
    deck.press("ArrowRight", _core(deck, 1))
    deck.press("End", _core(deck, last))
    deck.press("ArrowLeft", _core(deck, last - 1))
    deck.press("Home", _core(deck, 0))
    deck.press("PageDown", _core(deck, 1))
    deck.page.keyboard.press("w")
    deck.page.wait_for_selector(".reveal.overview")
    deck.page.keyboard.press("w")
    deck.page.wait_for_selector(".reveal:not(.overview)")
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    popup.value.close()
    deck.page.keyboard.press("f")
    deck.page.wait_for_function("document.fullscreenElement !== null")
    deck.close()


def test_nothing_lies_above_a_slide(deck: Deck) -> None:
    """JupyterLab's button for a new cell did, and made the page too high."""
    deck.go(_core(deck, 1))
    above, height, fits = deck.page.evaluate("""() => {
        const title = document.querySelector("section.present > section.present h2");
        const box = title.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + 20, box.y + box.height / 2);
        const page = document.scrollingElement;
        return [top.outerHTML.slice(0, 80), page.scrollHeight, page.clientHeight];
    }""")
    assert above.startswith("<h2")
    assert height <= fits


def test_right_and_space_walk_the_lecture(deck: Deck, deep: list[Slide]) -> None:
    """Whatever hangs below: extras are for who asks."""
    first, following = deep[0], deep[-1]
    for there, back in (("ArrowRight", "ArrowLeft"), ("Space", "Shift+Space")):
        deck.go(following)
        deck.go(first)
        deck.press(there, following)
        deck.press(back, first)


def test_down_goes_deeper_and_up_comes_back(deck: Deck, deep: list[Slide]) -> None:
    """To the last extra and no further, and from each on with the lecture."""
    first, *extras, following = deep
    deck.go(first)
    for extra in extras:
        deck.press("ArrowDown", extra)
    deck.press("ArrowDown", extras[-1])
    for slide in (*reversed(extras[:-1]), first):
        deck.press("ArrowUp", slide)
    deck.press("ArrowDown", extras[0])
    deck.press("Space", following)
    deck.press("ArrowLeft", first)
    deck.press("ArrowDown", extras[0])
    deck.press("Shift+Space", first)
    deck.press("ArrowDown", extras[0])
    deck.press("ArrowLeft", _core(deck, first.across - 1))


def test_mark_says_how_much_is_below(deck: Deck, deep: list[Slide]) -> None:
    """And leads there by a click; on an extra it says which one this is."""
    first, *extras, _ = deep
    mark = deck.page.locator("#netlab-depth")
    deck.go(deck.slides[0])
    assert not mark.is_visible()
    deck.go(first)
    assert mark.inner_text() == f"↓ ещё {len(extras)}"
    mark.click()
    deck.page.wait_for_function(f"{HERE} === '{extras[0].id}'")
    assert mark.inner_text() == f"дополнительно 1 из {len(extras)} · ↑"
    mark.click()
    deck.page.wait_for_function(f"{HERE} === '{first.id}'")


def test_keys_work_after_a_cell_was_run_and_stopped(
    deck: Deck, deep: list[Slide]
) -> None:
    """The cell that was run keeps the cursor away from them, ■ the focus."""
    first, extra, *_ = deep
    deck.go(first)
    index = next(i for i in first.cells if _is_code(deck, [i]))
    deck.run(first, index, CELL_SECONDS)
    deck.press("ArrowDown", extra)
    deck.press("ArrowUp", first)
    deck.interrupt()
    deck.press("ArrowDown", extra)
    deck.press("ArrowUp", first)


def test_arrows_move_the_cursor_while_a_cell_is_edited(
    deck: Deck, deep: list[Slide]
) -> None:
    """Until Esc."""
    first, extra, *_ = deep
    deck.go(first)
    deck.page.locator(_CODE).first.click()
    deck.page.keyboard.press("Control+Home")
    for key in ("ArrowRight", "ArrowLeft"):
        deck.page.keyboard.press(key)
    deck.settle()
    assert deck.page.evaluate(HERE) == first.id
    deck.page.keyboard.press("Escape")
    deck.press("ArrowDown", extra)


def test_python_of_the_original_unfolds_above_the_slide(deck: Deck) -> None:
    """It moves nothing on the slide, and the keys go on with the lecture."""
    slide = _with_python(deck)
    deck.go(slide)
    before = deck.page.locator(_CODE).first.bounding_box()
    fold = deck.page.locator(f"{_PRESENT} .netlab-python").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()
    assert deck.page.locator(_CODE).first.bounding_box() == before
    box = fold.bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["y"] + box["height"] < deck.page.viewport_size["height"]  # type: ignore[index]
    deck.press("Space", _core(deck, slide.across + 1))
    deck.press("Shift+Space", slide)
    assert not fold.locator("pre").is_visible()


def _with_python(deck: Deck) -> Slide:
    for slide in deck.slides:
        sources = [deck.node.cells[index].source for index in slide.cells]
        if not slide.is_extra and any("netlab-python" in text for text in sources):
            return slide
    pytest.fail("no slide shows the Python of the original")


def test_speaker_notes_open_with_t(deck: Deck, root: Path) -> None:
    """They show the notes of the slide on stage, which stays there, unfolded."""
    slide = _with_answer(deck)
    deck.go(slide)
    speaker, shown = _speaker(deck, slide)
    notes = speaker.locator(".speaker-controls-notes")
    notes.locator("li").get_by_text("Спросить").first.wait_for(timeout=READY_MS)
    assert "**" not in notes.inner_text(), "the source of the notes is shown as well"
    assert not notes.get_by_text("Заметки лектора").first.is_visible()
    answer = notes.locator("details details").first
    assert answer.evaluate("e => e.open")
    assert len(answer.inner_text()) > len("Ответ") + 10
    assert deck.page.evaluate(HERE) == slide.id
    speaker.set_viewport_size({"width": 1280, "height": 800})
    speaker.screenshot(path=root / "target/slides/speaker.png")
    speaker.close()


def _with_answer(deck: Deck) -> Slide:
    """A slide whose notes ask something and answer it."""
    for index, cell in enumerate(deck.node.cells):
        if "netlab-notes" in cell.source and "Ответ" in cell.source:
            return [s for s in deck.slides if s.cells[0] < index][-1]
    pytest.fail("no notes ask and answer")


def _speaker(deck: Deck, slide: Slide) -> tuple[Page, FrameLocator]:
    """The speaker's window and its first preview, which shows the slide.

    Two previews, each a deck of its own, which begins with its first slide.
    """
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    for preview in range(2):
        frame = popup.value.frame_locator("iframe").nth(preview)
        frame.locator(".reveal.ready section.present").first.wait_for(timeout=READY_MS)
    shown = popup.value.frame_locator("iframe").nth(0)
    shown.locator(f"{_PRESENT}#{slide.id}").wait_for()
    return popup.value, shown


def test_keys_in_the_window_of_the_speaker_move_the_deck(
    deck: Deck, deep: list[Slide]
) -> None:
    """As on stage; also while the cursor is in a cell, and after a click on a
    preview. The other preview shows what Space will bring.
    """
    first, extra, following = deep[0], deep[1], deep[-1]
    deck.go(first)
    speaker, shown = _speaker(deck, first)
    upcoming = speaker.frame_locator("iframe").nth(1)
    upcoming.locator(f"{_PRESENT}#{following.id}").wait_for()
    deck.page.locator(_CODE).first.click()
    for key, slide in (
        ("ArrowDown", extra),
        ("ArrowUp", first),
        ("Space", following),
        ("Shift+Space", first),
    ):
        speaker.keyboard.press(key)
        _both_are_on(slide, deck, shown)
    shown.locator(_PRESENT).click()
    speaker.keyboard.press("ArrowDown")
    _both_are_on(extra, deck, shown)
    speaker.keyboard.press("ArrowRight")
    _both_are_on(following, deck, shown)
    speaker.close()


def _both_are_on(slide: Slide, deck: Deck, preview: FrameLocator) -> None:
    deck.page.wait_for_function(f"{HERE} === '{slide.id}'", timeout=READY_MS)
    preview.locator(f"{_PRESENT}#{slide.id}").wait_for(timeout=READY_MS)


def test_shift_enter_stays_on_the_slide_without_a_cursor_too(
    deck: Deck, setup: Slide
) -> None:
    """After Esc the cell is chosen, its text is not being edited."""
    deck.go(setup)
    deck.page.locator(_CODE).last.click()
    deck.page.keyboard.press("Escape")
    deck.page.keyboard.press("Shift+Enter")
    deck.wait([i for i in setup.cells if _is_code(deck, [i])][-1], CELL_SECONDS)
    assert deck.page.evaluate(HERE) == setup.id


def test_transition_of_the_original_is_used(browser: Browser, deck: Deck) -> None:
    """The other tests switch it off in the address."""
    page = browser.new_page()
    page.goto(deck.page.url.split("?")[0])
    page.wait_for_selector(".reveal.ready.zoom section.present")
    page.close()
