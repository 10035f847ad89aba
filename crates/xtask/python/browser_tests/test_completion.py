"""Completion in JupyterLab, which sorts a list anew while it narrows."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.lab_server import LabServer
from drive_decks.panel import READY_MS, Panel, open_cells
from playwright.sync_api import Browser, Locator, expect

CODE = "std::net::TcpStream::"
SHORT = "connect(addr)"
LONG = "connect_timeout(addr, timeout)"
LOOK_MS = 500


@pytest.fixture
def panel(browser: Browser, lab: LabServer, root: Path) -> Iterator[Panel]:
    """A notebook with an empty cell, open until the test ends."""
    panel = open_cells(browser, lab, root, [""])
    yield panel
    panel.page.close()
    lab.end_kernels()


def offered(panel: Panel) -> Locator:
    """What the list on the screen offers, from above."""
    return panel.page.locator(".jp-Completer:visible .jp-Completer-match")


def ask(panel: Panel, typed: str) -> None:
    """Types the code, then asks until there is a list.

    The first answer takes longer than JupyterLab waits for it.
    """
    panel.cell(0).locator(".cm-content").click()
    panel.page.keyboard.type(typed)
    deadline = time.monotonic() + READY_MS / 1e3
    while not offered(panel).count():
        assert time.monotonic() < deadline, "nothing is offered"
        panel.page.keyboard.press("Tab")
        panel.page.wait_for_timeout(LOOK_MS)


def test_shorter_of_two_equal_beginnings_comes_first(panel: Panel) -> None:
    """Tab adds what both have in common, so the first list is a narrowed one."""
    ask(panel, CODE + "conn")
    expect(offered(panel)).to_have_text([SHORT, LONG], timeout=READY_MS)
    panel.page.keyboard.press("Enter")
    expect(panel.cell(0).locator(".cm-line")).to_have_text(CODE + "connect")


def test_shorter_one_stays_first_while_the_list_narrows(panel: Panel) -> None:
    """From all that the type has down to the two."""
    ask(panel, CODE)
    expect(offered(panel).filter(has_text=LONG)).to_be_attached(timeout=READY_MS)
    for letter in "connect":
        panel.page.keyboard.type(letter)
    expect(offered(panel)).to_have_text([SHORT, LONG])
