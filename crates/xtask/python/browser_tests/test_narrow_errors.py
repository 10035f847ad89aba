"""Errors in a notebook that is one of a pair, and on a slide: no word and no
drawing is torn, and sentences are read without scrolling.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.deck import Deck
from drive_decks.lab_server import LabServer
from drive_decks.panel import Panel, open_cells
from playwright.sync_api import Browser, Locator

CELL_SECONDS = 60.0
HALF_OF_A_SCREEN = 640
HALF_OF_A_SMALL_ONE = 450
NARROW = 900
HEIGHT = 720
SIDES = 66  # What JupyterLab keeps for the icons of its side bars.
CAPTURED = 'let s = String::from("a");\nstd::thread::spawn(|| println!("{s}"));'
WRONG_TYPE = 'let n: i32 = "a";'
PYTHON = "import socket"
CLOSURE = "let twice = |n: i32| n * 2;"
OPEN = f'let text = "{"abc " * 30};'
CELLS = [CAPTURED, WRONG_TYPE, PYTHON, CLOSURE, OPEN]

# How sentences begin, by the cells that show them.
SENTENCES = (
    (0, "closure may outlive"),
    (0, "Поток может жить"),
    (2, "NotRust: ядро блокнота"),
    (3, "Ошибка: переменная `twice` хранит"),
)
# The height of a text in lines of its own.
LINES = """pre => {
    const line = document.createElement("pre");
    line.textContent = "x";
    pre.parentElement.append(line);
    const one = line.clientHeight;
    line.textContent = "x\\nx";
    const each = line.clientHeight - one;
    line.remove();
    return {
        shown: Math.round((pre.clientHeight - one) / each) + 1,
        written: pre.textContent.trimEnd().split("\\n").length,
    };
}"""
# Where each line of a sentence begins, and how far the sentence goes beyond the
# left and the right edge of what is seen of its box.
SENTENCE = """(box, beginning) => {
    const pre = box.querySelector("pre");
    const at = pre.textContent.indexOf(beginning);
    const end = (pre.textContent + "\\n").indexOf("\\n", at);
    const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    const letters = [];
    for (let from = 0; walker.nextNode(); from += walker.currentNode.length) {
        const node = walker.currentNode;
        for (let i = 0; i < node.length; i++) {
            if (from + i < at || from + i >= end || !node.data[i].trim()) continue;
            const range = document.createRange();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            letters.push(...range.getClientRects());
        }
    }
    const edge = box.getBoundingClientRect().left + box.clientLeft;
    const lines = [];
    for (const {left, top} of letters) {
        const line = lines.find(line => Math.abs(line.top - top) < 5);
        if (line) line.left = Math.min(line.left, left);
        else lines.push({left, top});
    }
    return {
        letters: letters.length,
        begins: lines.map(line => line.left - edge),
        left: edge - Math.min(...letters.map(letter => letter.left)),
        right: Math.max(...letters.map(letter => letter.right))
            - edge - box.clientWidth,
    };
}"""
OVERFLOW = "box => box.scrollWidth - box.clientWidth"
OF_THE_PAGE = "document.scrollingElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def panel(browser: Browser, lab: LabServer, root: Path) -> Iterator[Panel]:
    """A notebook whose cells do not compile."""
    panel = open_cells(browser, lab, root, CELLS)
    for index in range(len(CELLS)):
        panel.run(index, CELL_SECONDS)
        assert panel.has_failed(index)
    panel.page.keyboard.press("Control+b")  # The side bar has its own width.
    panel.page.locator("#jp-left-stack").wait_for(state="hidden")
    yield panel
    panel.page.close()
    lab.end_kernels()


def _is_read_without_scrolling(box: Locator, beginning: str) -> int:
    """Whether every letter is seen and no line is indented; how many lines."""
    seen = box.evaluate(SENTENCE, beginning)
    assert seen["letters"] >= len(beginning.replace(" ", "")), beginning
    assert seen["left"] <= 0, (beginning, seen)
    assert seen["right"] <= 0, (beginning, seen)
    begins = seen["begins"]
    assert max(begins) - min(begins) < 1, (beginning, seen)
    return len(begins)


@pytest.mark.parametrize("width", [NARROW, HALF_OF_A_SCREEN, HALF_OF_A_SMALL_ONE])
def test_sentence_is_read_without_scrolling(panel: Panel, width: int) -> None:
    """It wraps where the window ends, also when the drawing has been scrolled."""
    panel.page.set_viewport_size({"width": width, "height": HEIGHT})
    for scrolled in (0, 200):
        for index, beginning in SENTENCES:
            box = panel.cell(index).locator(".jp-OutputArea-output")
            box.evaluate("(box, to) => box.scrollTo(to, 0)", scrolled)
            lines = _is_read_without_scrolling(box, beginning)
            if beginning.startswith("Поток"):
                assert lines > 1, "the test is to see a sentence that wraps"
            box.evaluate("box => box.scrollTo(0, 0)")


def test_sentence_on_a_slide_is_not_indented(
    browser: Browser, lab: LabServer, root: Path
) -> None:
    """The drawing above it goes on below its labels where it is too wide."""
    deck = Deck.opened(browser, lab, root / "notebooks/03-gil-locks.ipynb")
    ids = [cell.id for cell in deck.node.cells]
    index = ids.index("s1-12-borrowed")
    deck.go(next(slide for slide in deck.slides if index in slide.cells))
    deck.start(index)
    deck.wait(index, CELL_SECONDS)
    box = deck.page.locator(".jp-Cell").nth(index).locator(".jp-OutputArea-output")
    sentences = box.evaluate(
        """box => [...box.querySelectorAll("pre > span[class='ansi-bold']")].map(
            span => span.textContent)"""
    )
    assert len(sentences) > 1
    lines = [_is_read_without_scrolling(box, said) for said in sentences]
    assert max(lines) > 1, "the test is to see a sentence that wraps"
    deck.close()
    lab.end_kernels()


@pytest.mark.parametrize("width", [HALF_OF_A_SCREEN, HALF_OF_A_SMALL_ONE])
def test_no_word_and_no_drawing_is_torn(panel: Panel, width: int) -> None:
    """The half of a screen is too narrow for a drawing: it scrolls in its box."""
    page = panel.page
    page.set_viewport_size({"width": width + SIDES, "height": HEIGHT})
    for index in range(len(CELLS)):
        text = panel.cell(index).locator(".jp-OutputArea-output pre")
        assert text.evaluate("pre => getComputedStyle(pre).wordBreak") == "normal"
    for index in (0, 1):
        box = panel.cell(index).locator(".jp-OutputArea-output")
        assert box.evaluate(OVERFLOW) > 1
        # What does not fit in a long label goes on below the labels.
        indent = "pre => getComputedStyle(pre).textIndent"
        assert "hanging" in box.locator("pre").evaluate(indent)
    assert page.evaluate(OF_THE_PAGE) <= 0
    drawing = panel.cell(1).locator(".jp-OutputArea-output pre")
    lines = drawing.evaluate(LINES)
    assert lines["shown"] == lines["written"]


@pytest.mark.parametrize("width", [NARROW, HALF_OF_A_SMALL_ONE])
def test_mark_below_a_line_of_the_cell_stays_there(panel: Panel, width: int) -> None:
    """The line is longer than the window, and scrolls."""
    panel.page.set_viewport_size({"width": width, "height": HEIGHT})
    box = panel.cell(4).locator(".jp-OutputArea-output")
    assert box.evaluate(OVERFLOW) > 1
    line, mark = (box.evaluate(SENTENCE, beginning) for beginning in ('"abc', "^"))
    assert len(line["begins"]) == 1, "it is not broken"
    assert abs(line["begins"][0] - mark["begins"][0]) < 1
