"""What a lecturer does with the keyboard on stage."""

from pathlib import Path

import pytest
from drive_decks.deck import HERE, PRESENT, READY_MS, Deck
from drive_decks.lab_server import LabServer
from drive_decks.slides import Slide
from playwright.sync_api import Browser

CELL_SECONDS = 300.0
_CODE = f"{PRESENT} .jp-CodeCell .cm-content"
_CENTRE = """id => {
    const {x, y, width, height} = document.getElementById(id).getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
_SLIDE_AT = "([x, y]) => document.elementFromPoint(x, y).closest('section section')?.id"
# How many there are of which kind, in their order.
_CELLS = """() => [...document.querySelectorAll(".jp-Cell")].map(
    cell => cell.className.match(/jp-(Code|Markdown|Raw)Cell/)[1])"""

# What stands before each cell of code: an asterisk while it runs, its number then.
_PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(
    prompt => prompt.textContent)"""


@pytest.fixture(scope="module")
def setup(deck: Deck) -> Slide:
    """The slide that loads the crate: it has code, and nothing comes before it."""
    return next(slide for slide in deck.slides if deck.code_of(slide))


def test_keys_work_at_once(
    browser: Browser, lab: LabServer, root: Path, setup: Slide, deep: list[Slide]
) -> None:
    """Nobody has clicked anywhere yet."""
    deck = Deck.opened(browser, lab, root / "notebooks/01-sockets.ipynb")
    _every_key_works(deck, deep)
    for across in range(setup.across + 1):
        deck.press("Home" if across == 0 else "ArrowRight", deck.core(across))
    deck.page.keyboard.press("Control+Enter")
    deck.wait(deck.code_of(setup)[0], CELL_SECONDS)
    assert deck.page.evaluate(HERE) == setup.id
    deck.close()


def _every_key_works(deck: Deck, deep: list[Slide]) -> None:
    """What README promises a lecturer, from where the deck is now."""
    first, extra, following = deep[0], deep[1], deep[-1]
    deck.go(first)
    for key, slide in (
        ("ArrowDown", extra),
        ("ArrowUp", first),
        ("Space", following),
        ("Shift+Space", first),
        ("ArrowRight", following),
        ("ArrowLeft", first),
        ("PageDown", following),
        ("PageUp", first),
        ("End", deck.core(deck.slides[-1].across)),
        ("Home", deck.core(0)),
    ):
        deck.press(key, slide)
    for shown in (".reveal.overview", ".reveal:not(.overview)"):
        deck.page.keyboard.press("w")
        deck.page.wait_for_selector(shown)
    for full in ("true", "false"):
        deck.page.keyboard.press("f")
        deck.page.wait_for_function(f"(document.fullscreenElement !== null) === {full}")
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("t")
    popup.value.close()


def test_nothing_lies_above_a_slide(deck: Deck) -> None:
    """JupyterLab's button for a new cell did, and made the page too high."""
    deck.go(deck.core(1))
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
    deck.press("ArrowLeft", deck.core(first.across - 1))


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
    first = deep[0]
    deck.go(first)
    deck.run(first, deck.code_of(first)[0], CELL_SECONDS)
    _every_key_works(deck, deep)
    deck.interrupt()
    _every_key_works(deck, deep)


def test_keys_work_after_the_overview(deck: Deck, deep: list[Slide]) -> None:
    """The arrows choose a slide there, W, Esc and Enter show it."""
    first, following = deep[0], deep[-1]
    for leave in ("w", "Escape", "Enter"):
        deck.go(first)
        deck.page.keyboard.press("w")
        deck.page.wait_for_selector(".reveal.overview")
        deck.press("ArrowRight", following)
        deck.page.keyboard.press(leave)
        deck.page.wait_for_selector(".reveal:not(.overview)")
        assert deck.page.evaluate(HERE) == following.id
        deck.press("ArrowLeft", first)
    _every_key_works(deck, deep)


def test_overview_shows_the_slides_around(deck: Deck, deep: list[Slide]) -> None:
    """JupyterLab lets a notebook paint nothing beside itself. A click shows one, and
    puts no cursor into the code it hits.
    """
    first, extra, following = deep[0], deep[1], deep[-1]
    for shown in (extra, following):
        deck.go(first)
        deck.page.keyboard.press("w")
        deck.page.wait_for_selector(".reveal.overview")
        deck.settle()
        x, y = deck.page.evaluate(_CENTRE, shown.id)
        assert deck.page.evaluate(_SLIDE_AT, [x, y]) == shown.id
        deck.page.mouse.click(x, y)
        deck.page.wait_for_selector(".reveal:not(.overview)")
        assert deck.page.evaluate(HERE) == shown.id
    _every_key_works(deck, deep)


def test_slip_changes_no_cell(deck: Deck, setup: Slide) -> None:
    """Beside T, W and F lie JupyterLab's keys that cut, add and change cells."""
    deck.go(setup)
    deck.page.locator(_CODE).first.click()
    deck.page.keyboard.press("Escape")
    before = deck.page.evaluate(_CELLS)
    for key in (*"xabcvmryddsqegz123456/", "Shift+M", "Shift+A", "Shift+B"):
        deck.page.keyboard.press(key)
        if key == "b":
            deck.page.wait_for_selector(".reveal.paused")
            deck.page.keyboard.press(key)
            deck.page.wait_for_selector(".reveal:not(.paused)")
    deck.settle()
    assert not deck.page.locator(".reveal.paused").count()
    assert deck.page.evaluate(_CELLS) == before
    assert deck.page.evaluate(HERE) == setup.id


def test_no_cell_runs_that_is_not_shown(deck: Deck, deep: list[Slide]) -> None:
    """A slide without code has none to run; the cell chosen before is elsewhere."""
    words = next(slide for slide in deck.slides if not deck.code_of(slide))
    for key in ("Control+Enter", "Shift+Enter"):
        deck.go(deep[0])
        deck.page.locator(_CODE).first.click()
        deck.page.keyboard.press("Escape")
        deck.go(words)
        before = deck.page.evaluate(_PROMPTS)
        deck.page.keyboard.press(key)
        deck.settle()
        assert deck.page.evaluate(_PROMPTS) == before
        assert deck.page.evaluate(HERE) == words.id


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
    fold = deck.page.locator(f"{PRESENT} .netlab-python").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()
    assert deck.page.locator(_CODE).first.bounding_box() == before
    box = fold.bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["y"] + box["height"] < deck.page.viewport_size["height"]  # type: ignore[index]
    deck.press("Space", deck.core(slide.across + 1))
    deck.press("Shift+Space", slide)
    assert not fold.locator("pre").is_visible()


def _with_python(deck: Deck) -> Slide:
    for slide in deck.slides:
        sources = [deck.node.cells[index].source for index in slide.cells]
        if not slide.is_extra and any("netlab-python" in text for text in sources):
            return slide
    pytest.fail("no slide shows the Python of the original")


def test_shift_enter_stays_on_the_slide_without_a_cursor_too(
    deck: Deck, setup: Slide
) -> None:
    """After Esc the cell is chosen, its text is not being edited."""
    deck.go(setup)
    deck.page.locator(_CODE).last.click()
    deck.page.keyboard.press("Escape")
    deck.page.keyboard.press("Shift+Enter")
    deck.wait(deck.code_of(setup)[-1], CELL_SECONDS)
    assert deck.page.evaluate(HERE) == setup.id


def test_keys_of_cells_work_after_the_transition(
    browser: Browser, deck: Deck, setup: Slide
) -> None:
    """Only at its end the slide that was left is hidden, and the cell on it that had
    the focus: Ctrl+Enter needs it in the notebook.
    """
    left = deck.core(setup.across + 1)
    page = browser.new_page()
    page.goto(deck.page.url.split("?")[0])
    page.wait_for_selector(".reveal.ready section.present", timeout=READY_MS)
    while page.evaluate(HERE) != left.id:
        page.keyboard.press("ArrowRight")
    page.locator(f"#{left.id} .jp-MarkdownCell").first.click()
    while page.evaluate(HERE) != setup.id:
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "id => !document.getElementById(id).contains(document.activeElement)", arg=left.id
    )
    page.evaluate("() => new Promise(done => setTimeout(done))")
    assert page.evaluate("document.activeElement.closest('.jp-Notebook') !== null")
    page.close()


def test_transition_of_the_original_is_used(browser: Browser, deck: Deck) -> None:
    """The other tests switch it off in the address."""
    page = browser.new_page()
    page.goto(deck.page.url.split("?")[0])
    page.wait_for_selector(".reveal.ready.zoom section.present")
    page.close()
