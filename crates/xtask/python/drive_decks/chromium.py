"""The browser of this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from export_lessons.chromium import find as find
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

HOW_TO_GET_ONE = (
    "there is no Chromium on the PATH "
    "(Debian: `apt-get install chromium`; any Chrome does as well)"
)


@contextmanager
def started(executable: str) -> Iterator[Browser]:
    """A headless browser that reaches this machine and nothing else."""
    arguments = [
        "--disable-gpu",
        # No name is ever looked up: a request to the outside fails at once,
        # with or without a network.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        # Bars that take room of their own, as they do for who has a mouse.
        "--disable-features=OverlayScrollbar",
    ]
    # As root, and that is what a container has, the sandbox can't start.
    sandbox = os.geteuid() != 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=arguments,
            # Playwright would hide them.
            ignore_default_args=["--hide-scrollbars"],
            chromium_sandbox=sandbox,
        )
        try:
            yield browser
        finally:
            browser.close()


class Complaints:
    """What a page says is wrong: errors of its console, requests to others."""

    _KNOWN = (
        # RISE looks for a style sheet with the name of the notebook.
        "Refused to apply style from",
        "Failed to load resource: the server responded with a status of 404",
        # The component library inside RISE 0.43 recurses over its own design
        # tokens at every start, with and without our styles.
        "RangeError: Maximum call stack size exceeded",
    )

    def __init__(self, page: Page, origin: str) -> None:
        """Listens from now on; `origin` is where requests may go."""
        self.errors: list[str] = []
        self.outside: list[str] = []
        self._origin = origin
        page.on("console", self._take_message)
        page.on("pageerror", lambda error: self._take_error(str(error)))
        page.on("request", lambda request: self._take_request(request.url))

    def _take_message(self, message: ConsoleMessage) -> None:
        # Jupyter's list of kernels is an error 500 at the moment in which one
        # of them is being started; the page asks again.
        race = "status of 500" in message.text and (
            "/api/kernels?" in message.location["url"]
        )
        if message.type == "error" and not race:
            self._take_error(message.text)

    def _take_error(self, text: str) -> None:
        if not any(known in text for known in self._KNOWN):
            self.errors.append(text.splitlines()[0][:300])

    def _take_request(self, url: str) -> None:
        host = url.split("://", 1)[-1]
        if not url.startswith(("data:", "blob:")) and not host.startswith(self._origin):
            self.outside.append(url)
