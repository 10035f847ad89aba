"""Long output in JupyterLab: a box of its own, both ends within reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.lab_server import LabServer
from drive_decks.panel import Panel, open_cells
from playwright.sync_api import Browser, Locator

CELL_SECONDS = 60.0
LINES = 20_000
DRAWN_MS = 10_000
LONG = f'for line in 0..{LINES} {{ println!("строка {{line}}"); }}'
LIVE = """for line in 0..200 {
    println!("живая {line}");
    std::thread::sleep(std::time::Duration::from_millis(15));
}"""
MIXED = """println!("одна");
println!("EVCXR_BEGIN_CONTENT image/svg+xml\\n{}\\nEVCXR_END_CONTENT", r#"
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="2000"/>"#);
println!("две");"""


@pytest.fixture(scope="module")
def panel(browser: Browser, lab: LabServer, root: Path) -> Iterator[Panel]:
    """A notebook whose cells print much."""
    panel = open_cells(browser, lab, root, [LONG, LIVE, MIXED])
    yield panel
    panel.page.close()
    lab.end_kernels()


def _boxes(panel: Panel, index: int) -> Locator:
    return panel.cell(index).locator(".jp-OutputArea-output")


def _sees(box: Locator, text: str) -> bool:
    """Whether a line of the box is between its upper and its lower edge."""
    return bool(
        box.evaluate(
            """(box, text) => {
                const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const node = walker.currentNode, at = node.data.indexOf(text);
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(node, at);
                    range.setEnd(node, at + text.length);
                    const line = range.getBoundingClientRect();
                    const {top, bottom} = box.getBoundingClientRect();
                    return line.top >= top - 1 && line.bottom <= bottom + 1;
                }
                return false;
            }""",
            text,
        )
    )


def test_long_output_is_a_box_with_both_ends(panel: Panel) -> None:
    """In a moment, no higher than the window; in the light and in the dark."""
    page = panel.page
    panel.run(0, CELL_SECONDS)
    box = _boxes(panel, 0)
    page.wait_for_function(
        "([box, text]) => box.textContent.includes(text)",
        arg=[box.element_handle(), f"строка {LINES - 1}\n"],
        timeout=DRAWN_MS,
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        size = page.viewport_size
        height = panel.cell(0).bounding_box()
        assert size is not None and height is not None
        assert height["height"] < size["height"]
        box.evaluate("box => { box.scrollTop = 0; }")
        assert _sees(box, "строка 0\n")
        box.evaluate("box => { box.scrollTop = box.scrollHeight; }")
        assert _sees(box, f"строка {LINES - 1}")
    page.emulate_media(color_scheme="light")


def test_live_output_follows_its_end_unless_somebody_reads(panel: Panel) -> None:
    """As a terminal does."""
    page = panel.page
    panel.start(1)
    box = _boxes(panel, 1).first
    box.get_by_text("живая 60\n").wait_for()
    page.wait_for_function(
        "box => box.scrollTop > 0 && "
        "box.scrollTop + box.clientHeight >= box.scrollHeight - 40",
        arg=box.element_handle(),
    )
    box.evaluate("box => { box.scrollTop = 100; }")
    panel.wait(1, CELL_SECONDS)
    assert box.evaluate("box => box.scrollTop") == 100


def test_pictures_stay_whole_and_in_their_place(panel: Panel) -> None:
    """Between what was printed before and after them."""
    panel.run(2, CELL_SECONDS)
    boxes = _boxes(panel, 2)
    kinds = boxes.evaluate_all("all => all.map(box => box.dataset.mimeType)")
    stdout = "application/vnd.jupyter.stdout"
    assert kinds == [stdout, "image/svg+xml", stdout]
    assert boxes.nth(1).evaluate("box => box.clientHeight") >= 2000
