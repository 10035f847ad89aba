"""Decks printed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, sync_playwright

from export_lessons import chromium

SECONDS = 120
_LAID_OUT = "document.body.dataset.printable !== undefined"


class NotPrinted(Exception):
    """There is no PDF; the text says why."""


class Printer:
    """A running Chromium that prints decks."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context

    def print(self, deck: Path, target: Path) -> None:
        """Prints every slide, with all its fragments; raises `NotPrinted`."""
        page = self._context.new_page()
        try:
            page.goto(f"{deck.resolve().as_uri()}?print-pdf")
            # reveal.js moves each slide into a page of its own, deck.js fits it.
            page.wait_for_function(_LAID_OUT)
            page.evaluate("document.fonts.ready")
            page.pdf(path=target, prefer_css_page_size=True, print_background=True)
        except Error as error:
            raise NotPrinted(error.message.splitlines()[0]) from error
        finally:
            page.close()


@contextmanager
def printer(browser: str, scratch: Path) -> Iterator[Printer]:
    """Starts the browser, which writes below `scratch` only.

    Raises `NotPrinted` if it does not start.
    """
    # Playwright's own process asks this variable where temporary files lie.
    former = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(scratch)
    try:
        with sync_playwright() as playwright:
            try:
                context = playwright.chromium.launch_persistent_context(
                    scratch / "profile",
                    executable_path=browser,
                    args=chromium.flags(),
                    chromium_sandbox=os.geteuid() != 0,
                    env=chromium.environment(scratch),
                    color_scheme="light",
                    offline=True,
                )
            except Error as error:
                raise NotPrinted(error.message.splitlines()[0]) from error
            context.set_default_timeout(SECONDS * 1000)
            yield Printer(context)
            context.close()
    finally:
        if former is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = former
