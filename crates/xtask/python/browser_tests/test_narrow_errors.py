"""Errors in a notebook that is one of a pair: no word and no drawing is torn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.lab_server import LabServer
from drive_decks.panel import Panel, open_cells
from playwright.sync_api import Browser

CELL_SECONDS = 60.0
HALF_OF_A_SCREEN = 640
HALF_OF_A_SMALL_ONE = 450
HEIGHT = 720
SIDES = 66  # What JupyterLab keeps for the icons of its side bars.
CAPTURED = 'let s = String::from("a");\nstd::thread::spawn(|| println!("{s}"));'
WRONG_TYPE = 'let n: i32 = "a";'
PYTHON = "import socket"

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
OVERFLOW = "box => box.scrollWidth - box.clientWidth"
OF_THE_PAGE = "document.scrollingElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def panel(browser: Browser, lab: LabServer, root: Path) -> Iterator[Panel]:
    """A notebook whose cells do not compile."""
    cells = [CAPTURED, WRONG_TYPE, PYTHON]
    panel = open_cells(browser, lab, root, cells)
    for index in range(3):
        panel.run(index, CELL_SECONDS)
        assert panel.has_failed(index)
    panel.page.keyboard.press("Control+b")  # The side bar has its own width.
    panel.page.locator("#jp-left-stack").wait_for(state="hidden")
    yield panel
    panel.page.close()
    lab.end_kernels()


@pytest.mark.parametrize("width", [HALF_OF_A_SCREEN, HALF_OF_A_SMALL_ONE])
def test_no_word_and_no_drawing_is_torn(panel: Panel, width: int) -> None:
    """The half of a screen is too narrow for a drawing: it scrolls in its box."""
    page = panel.page
    page.set_viewport_size({"width": width + SIDES, "height": HEIGHT})
    for index in range(3):
        box = panel.cell(index).locator(".jp-OutputArea-output")
        text = box.locator("pre")
        assert text.evaluate("pre => getComputedStyle(pre).wordBreak") == "normal"
        assert box.evaluate(OVERFLOW) > 1
        # What does not fit in a long label goes on below the labels.
        assert "hanging" in text.evaluate("pre => getComputedStyle(pre).textIndent")
    assert page.evaluate(OF_THE_PAGE) <= 0
    drawing = panel.cell(1).locator(".jp-OutputArea-output pre")
    lines = drawing.evaluate(LINES)
    assert lines["shown"] == lines["written"]
