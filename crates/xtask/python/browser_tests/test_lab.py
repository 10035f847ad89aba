"""JupyterLab as a student uses it: buttons, two notebooks side by side."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser

from drive_decks.lab_server import LabServer
from drive_decks.panel import Panel, open_lab
from run_lessons.lesson import find_lessons
from run_lessons.plan import Step, make_plan

CELL_SECONDS = 60.0
RUST = {"name": "rust", "display_name": "Rust (netlab)", "language": "rust"}


@pytest.fixture
def written(root: Path, lab: LabServer) -> Iterator[Path]:
    """A place for notebooks that JupyterLab shows and git does not."""
    folder = root / "target" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    lab.end_kernels()


def _write(file: Path, sources: list[str]) -> str:
    """Writes a notebook; returns its address in JupyterLab."""
    cells = [new_code_cell(source) for source in sources]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": RUST})
    nbformat.write(notebook, file)
    return f"lab/tree/target/browser/{file.name}?reset"


def test_stop_button_frees_a_waiting_cell_and_keeps_its_variables(
    browser: Browser, lab: LabServer, written: Path
) -> None:
    """What a lecturer does on stage in the middle of `accept`."""
    address = _write(
        written / "interrupt.ipynb",
        [
            "let number = 41;",
            'println!("жду");\nstd::net::TcpListener::bind("127.0.0.1:0")?.accept()?;',
            "number + 1",
        ],
    )
    page, _ = open_lab(browser, lab, address)
    panel = Panel(page, "interrupt.ipynb")
    panel.run(0, CELL_SECONDS)
    panel.start(1)
    panel.cell(1).get_by_text("жду", exact=True).wait_for()
    panel.press("interrupt")
    panel.wait(1, CELL_SECONDS)
    assert "42" in panel.run(2, CELL_SECONDS)
    page.close()


def test_restart_and_run_all_begins_at_one(
    browser: Browser, lab: LabServer, written: Path
) -> None:
    """The button ⏩, with its question answered."""
    address = _write(
        written / "restart.ipynb",
        [
            'let word = String::from("заново");',
            "word.len()",
            'println!("{word}");',
        ],
    )
    page, _ = open_lab(browser, lab, address)
    panel = Panel(page, "restart.ipynb")
    panel.run(0, CELL_SECONDS)
    panel.press("restart-and-run")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    panel.cell(2).locator(".jp-OutputArea-output").get_by_text("заново").wait_for(
        timeout=CELL_SECONDS * 1e3
    )
    for index in range(3):
        prompt = panel.cell(index).locator(".jp-InputPrompt").first
        assert prompt.inner_text() == f"[{index + 1}]:"
    page.close()


def test_server_and_client_talk_side_by_side(
    browser: Browser, lab: LabServer, root: Path
) -> None:
    """The first step of the lecture, in two panels of one window."""
    (lesson,) = find_lessons([root / "notebooks/01-sockets.ipynb"], CELL_SECONDS)
    assert lesson.client is not None
    page, complaints = open_lab(browser, lab, f"lab/workspaces/{_side_by_side(lab)}")
    server = Panel(page, lesson.main.path.name)
    client = Panel(page, lesson.client.path.name)
    assert server.box[1] <= client.box[0] + 1, "the panels overlap"

    for book, panel in ((lesson.main, server), (lesson.client, client)):
        for cell in book.cells:
            if "setup" in cell.tags:
                panel.run(cell.number - 1, cell.limit)
    step = next(action for action in make_plan(lesson) if isinstance(action, Step))
    server.start(step.server.number - 1)
    server.cell(step.server.number - 1).get_by_text("жду на").wait_for()
    for cell in step.clients:
        client.run(cell.number - 1, cell.limit)
    server.wait(step.server.number - 1, CELL_SECONDS)
    assert "ping" in server.output(step.server.number - 1)
    assert complaints.outside == []
    page.screenshot(path=root / "target/slides/side-by-side.png")
    page.close()
    lab.end_kernels()


def _side_by_side(lab: LabServer) -> str:
    """Gives JupyterLab a workspace with both notebooks; returns its name."""
    paths = ["notebooks/01-sockets.ipynb", "notebooks/01-sockets-client.ipynb"]
    areas = [
        {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{path}"]}
        for path in paths
    ]
    layout = {
        "main": {
            "dock": {
                "type": "split-area",
                "orientation": "horizontal",
                "sizes": [0.5, 0.5],
                "children": areas,
            },
            "current": f"notebook:{paths[0]}",
        },
        "left": {"collapsed": True, "widgets": []},
        "right": {"collapsed": True, "widgets": []},
    }
    data: dict[str, object] = {"layout-restorer:data": layout}
    for path in paths:
        data[f"notebook:{path}"] = {"data": {"path": path, "factory": "Notebook"}}
    body = json.dumps({"data": data, "metadata": {"id": "pair"}}).encode()
    request = urllib.request.Request(
        lab.url("lab/api/workspaces/pair"), data=body, method="PUT"
    )
    urllib.request.urlopen(request, timeout=10).close()
    return "pair"
