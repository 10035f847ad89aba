"""A notebook in JupyterLab itself: its cells and its toolbar."""

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page

from drive_decks.chromium import Complaints
from drive_decks.lab_server import LabServer

READY_MS = 90_000
RUST = {"name": "rust", "display_name": "Rust (netlab)", "language": "rust"}

_BEGUN = """panel => ![...panel.querySelectorAll(
    ".jp-CodeCell .jp-InputPrompt")].pop().textContent.includes("[ ]")"""
_ENDED = """cell => /\\[\\d+\\]/.test(
    cell.querySelector(".jp-InputPrompt").textContent)"""


class Panel:
    """One open notebook."""

    def __init__(self, page: Page, file: str) -> None:
        """Waits until the notebook is open and its kernel is idle."""
        self.page = page
        tab = page.locator(f".lm-DockPanel-tabBar .lm-TabBar-tab[title*='{file}']")
        tab.wait_for(timeout=READY_MS)
        panel = tab.get_attribute("data-id")
        self._panel = page.locator(f"[id='{panel}']")
        self._panel.locator(".jp-Cell").first.wait_for(timeout=READY_MS)
        self._panel.locator(
            ".jp-Notebook-ExecutionIndicator[data-status='idle']"
        ).wait_for(timeout=READY_MS)

    def cell(self, index: int) -> Locator:
        """A cell by its position in the notebook, from 0."""
        return self._panel.locator(".jp-Notebook .jp-Cell").nth(index)

    def start(self, index: int) -> None:
        """Runs a cell without waiting for its end."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def wait(self, index: int, seconds: float) -> None:
        """Waits for the end of a cell."""
        handle = self.cell(index).element_handle()
        self.page.wait_for_function(_ENDED, arg=handle, timeout=seconds * 1e3)

    def run(self, index: int, seconds: float) -> str:
        """Runs a cell to its end; returns what it shows."""
        self.start(index)
        self.wait(index, seconds)
        return self.output(index)

    def output(self, index: int) -> str:
        """What a cell shows."""
        return "\n".join(
            self.cell(index).locator(".jp-OutputArea-output").all_inner_texts()
        )

    def has_failed(self, index: int) -> bool:
        """Whether a cell shows an error; JupyterLab gives it the type of stderr."""
        error = ".jp-OutputArea-output[data-mime-type$='err']"
        return self.cell(index).locator(error).count() > 0

    def restart_and_run_all(self) -> None:
        """Presses ⏩ and says yes; returns when the last cell, which nobody has
        run before, is queued."""
        self.press("restart-and-run")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.wait_for_function(
            _BEGUN, arg=self._panel.element_handle(), timeout=READY_MS
        )

    def press(self, item: str) -> None:
        """Presses a button of the toolbar, named as JupyterLab names it inside.

        What the button says to a person depends on the language.
        """
        self._panel.locator(f".jp-Toolbar [data-jp-item-name='{item}']").click()

    @property
    def box(self) -> tuple[float, float]:
        """The left and the right edge on the screen."""
        box = self._panel.bounding_box()
        assert box is not None
        return box["x"], box["x"] + box["width"]


def open_lab(browser: Browser, lab: LabServer, path: str) -> tuple[Page, Complaints]:
    """Opens an address of JupyterLab in a page of its own."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    complaints = Complaints(page, lab.origin)
    page.goto(lab.url(path))
    return page, complaints


def open_cells(
    browser: Browser, lab: LabServer, root: Path, sources: Sequence[str | NotebookNode]
) -> Panel:
    """A notebook of these cells, a text is one of code, open in JupyterLab.

    It lies where JupyterLab shows it and git does not.
    """
    cells = [new_code_cell(s) if isinstance(s, str) else s for s in sources]
    file = root / "target/browser/own.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": RUST}), file)
    page, _ = open_lab(browser, lab, f"lab/tree/target/browser/{file.name}?reset")
    return Panel(page, file.name)
