"""One browser and one JupyterLab for all tests, or a clear word that there is
no browser.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

PYTHON = Path(__file__).resolve().parent.parent
ROOT = PYTHON.parents[2]
sys.path.insert(0, str(PYTHON))

from drive_decks import chromium, lab_server  # noqa: E402
from drive_decks.deck import Deck  # noqa: E402
from drive_decks.lab_server import LabServer  # noqa: E402
from drive_decks.slides import Slide  # noqa: E402

SKIPPED = f"THE BROWSER PART WAS SKIPPED: {chromium.HOW_TO_GET_ONE}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser nothing can be said; in CI that is a failure."""
    if chromium.find() is None:
        if os.environ.get("CI") == "true":
            pytest.exit(f"{SKIPPED}; with CI=true that is a failure", 1)
        for item in items:
            item.add_marker(pytest.mark.skip(reason=SKIPPED))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says it where it is read: at the end."""
    if chromium.find() is None:
        terminalreporter.section(SKIPPED)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this machine."""
    executable = chromium.find()
    assert executable is not None
    with chromium.started(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def lab(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab that shows the notebooks of the repository."""
    with lab_server.started(root, tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def deck(browser: Browser, lab: LabServer, root: Path) -> Iterator[Deck]:
    """The deck of the first lesson, for all tests of a file."""
    deck = Deck.opened(browser, lab, root / "notebooks/01-sockets.ipynb")
    yield deck
    deck.close()
    lab.end_kernels()


@pytest.fixture(scope="module")
def deep(deck: Deck) -> list[Slide]:
    """A slide with code, its extras, and the slide of the lecture that follows.

    There is another slide of the lecture before it, and no server waits in it.
    """
    for column in deck.columns[1:-1]:
        metadata = [deck.node.cells[i].metadata.get("netlab", {}) for i in column[0].cells]
        waits = any("serve" in netlab for netlab in metadata)
        if len(column) > 1 and deck.code_of(column[0]) and not waits:
            return [*column, deck.core(column[0].across + 1)]
    pytest.fail("no slide of the lecture has extras")
