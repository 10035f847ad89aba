"""A deck in a page: going to a slide, running a cell, interrupting it."""

import time
from pathlib import Path
from typing import Self

import nbformat
from nbformat import NotebookNode
from playwright.sync_api import Browser, Page

from drive_decks.chromium import Complaints
from drive_decks.lab_server import LabServer
from drive_decks.slides import Slide, slides_of

SMALL, LARGE = (1280, 720), (1920, 1080)
READY_MS = 60_000

PRESENT = "section.present > section.present"
HERE = f"document.querySelector('{PRESENT}')?.id"

_GO = """([across, down]) => window.postMessage(
    JSON.stringify({method: "slide", args: [across, down, 99]}), "*")"""
_ARRIVED = """id => {
    const here = document.querySelector("section.present > section.present");
    return here && here.id === id &&
        !here.querySelector(".fragment:not(.visible)");
}"""
_PROMPT = """index => {
    const cell = document.querySelectorAll(".jp-Cell")[index];
    return cell.querySelector(".jp-InputPrompt").textContent;
}"""
_ENDED = f"""index => /\\[\\d+\\]/.test(({_PROMPT})(index))"""
_STARTED = f"""index => !({_PROMPT})(index).includes("[ ]")"""
# Two frames: the first one lays out what has changed, the second one has it.
_DRAWN = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(done)))"""
_STILL = "*, ::before, ::after { transition: none !important; }"


class Deck:
    """The deck of one notebook."""

    def __init__(
        self, browser: Browser, lab: LabServer, notebook: Path, node: NotebookNode
    ) -> None:
        """Opens the deck and returns when its first slide is shown."""
        self.name = notebook.stem
        self.path = f"notebooks/{notebook.name}"
        self.node = node
        self.slides = slides_of(node)
        self.jumps: list[str] = []
        """Cells whose run left the slide."""
        self._lab = lab
        self._runs = 0
        self.page: Page = browser.new_page(
            viewport={"width": SMALL[0], "height": SMALL[1]}, color_scheme="light"
        )
        self.complaints = Complaints(self.page, lab.origin)
        self.page.goto(lab.url(f"rise/{self.path}?transition=none"))
        self.page.wait_for_selector(".reveal.ready section.present", timeout=READY_MS)
        self.page.wait_for_selector(".slide-number span, .slide-number a")
        # Fonts and pictures are asked for when they are first needed.
        self.page.wait_for_load_state("networkidle")
        self.page.add_style_tag(content=_STILL)

    @classmethod
    def opened(cls, browser: Browser, lab: LabServer, notebook: Path) -> Self:
        """The deck of a notebook as it is in its file."""
        return cls(browser, lab, notebook, nbformat.read(notebook, as_version=4))

    @property
    def columns(self) -> list[list[Slide]]:
        """The slides of the lecture, each with the extras below it."""
        columns = range(self.slides[-1].across + 1)
        return [[s for s in self.slides if s.across == across] for across in columns]

    def core(self, across: int) -> Slide:
        """A slide of the lecture by its place in it, from 0."""
        return self.columns[across][0]

    def code_of(self, slide: Slide) -> list[int]:
        """The positions of the code cells on a slide."""
        cells = self.node.cells
        return [index for index in slide.cells if cells[index].cell_type == "code"]

    def go(self, slide: Slide) -> None:
        """Shows a slide with all its fragments."""
        self.page.evaluate(_GO, [slide.across, slide.down])
        self.page.wait_for_function(_ARRIVED, arg=slide.id)
        self.settle()

    def press(self, key: str, slide: Slide) -> None:
        """Presses a key and waits for the slide that it leads to."""
        self.page.keyboard.press(key)
        self.page.wait_for_function(f"id => {HERE} === id", arg=slide.id)

    def settle(self) -> None:
        """Waits until what has changed is drawn, with its fonts."""
        self.page.evaluate("() => document.fonts.ready.then(() => 0)")
        self.page.evaluate(_DRAWN)

    def resize(self, size: tuple[int, int]) -> None:
        """Shows the deck on another screen."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.settle()

    def start(self, index: int) -> None:
        """Runs a cell without waiting for its end.

        By Ctrl+Enter and Shift+Enter in turn: both must stay on the slide.
        """
        cell = self.page.locator(".jp-Cell").nth(index)
        cell.locator(".cm-content").click()
        self._runs += 1
        self.page.keyboard.press(("Control+Enter", "Shift+Enter")[self._runs % 2])
        self.page.wait_for_function(_STARTED, arg=index)

    def wait(self, index: int, seconds: float) -> None:
        """Waits for the end of a cell."""
        self.page.wait_for_function(_ENDED, arg=index, timeout=seconds * 1e3)
        self.page.evaluate(_DRAWN)

    def run(self, slide: Slide, index: int, seconds: float) -> None:
        """Runs a cell to its end."""
        self.start(index)
        self.wait(index, seconds)
        self.stayed_on(slide, index)

    def stayed_on(self, slide: Slide, index: int) -> None:
        """Notes whether the deck still shows the slide of the cell."""
        here = self.page.evaluate(HERE)
        if here != slide.id:
            key = ("Ctrl+Enter", "Shift+Enter")[self._runs % 2]
            self.jumps.append(f"{slide}: {key} in {self.node.cells[index].id}")
            self.go(slide)

    def wait_until_served(self, step: str, seconds: float) -> None:
        """Waits until the server cell of a step has published its address."""
        entry = self._lab.rendezvous / step
        deadline = time.monotonic() + seconds
        while not entry.exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: nobody serves {step}")
            time.sleep(0.05)

    def interrupt(self) -> None:
        """Interrupts the running cell, by the ■ of the deck."""
        self.page.locator(".jp-Toolbar [data-jp-item-name='interrupt']").click()

    def close(self) -> None:
        """Closes the page."""
        self.page.close()
