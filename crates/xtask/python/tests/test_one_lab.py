"""One JupyterLab serves a person's copies: a second one would overwrite what
the first one has saved.
"""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_command import (
    ADDRESS,
    NO_BROWSER,
    ROOT,
    Lab,
    claims,
    command,
    in_clone,
    opened,
    wait_until,
)

DECK = "/rise/notebooks/01-sockets.ipynb"
RUNS_ALREADY = "JupyterLab runs already"


class Browser:
    """A browser that only writes down what it is given."""

    def __init__(self, folder: Path) -> None:
        self.seen = folder / "seen"
        self.program = folder / "browser"
        self.program.write_text(f'#!/bin/sh\necho "$1" >> {self.seen}\n')
        self.program.chmod(0o755)

    def address(self) -> str:
        """Where the file leads that it was given last."""
        link = self.seen.read_text().splitlines()[-1]
        page = Path(link.removeprefix("file://"))
        assert page.stat().st_mode & 0o077 == 0, "others could read the token"
        found = re.search(r"url=([^\"]+)", page.read_text())
        assert found
        return found[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with opened(tmp_path_factory.mktemp("desk"), NO_BROWSER) as lab:
        lab.until("Ctrl+C")
        yield lab


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "path"), [((), "/"), (("slides", "01"), DECK)]
)
def test_second_lab_opens_the_first(
    lab: Lab, browser: Browser, arguments: tuple[str, ...], path: str
) -> None:
    second = command(lab.desk, *arguments, BROWSER=str(browser.program))
    assert second.returncode == 0, second.stderr
    assert RUNS_ALREADY in second.stdout
    address = f"{lab.address}{path}?token={lab.token}"
    assert address in second.stdout
    assert browser.address() == address
    assert lab.get(path)[1] == "text/html"
    assert len(claims(lab.desk)) == 1


def test_second_lab_without_a_browser_says_the_address(
    lab: Lab, browser: Browser
) -> None:
    second = command(
        lab.desk, "slides", "01", NO_BROWSER, BROWSER=str(browser.program)
    )
    assert second.returncode == 0, second.stderr
    assert f"{lab.address}{DECK}?token={lab.token}" in second.stdout
    assert not browser.seen.exists()


def test_missing_browser_is_told(lab: Lab, tmp_path: Path) -> None:
    second = in_clone(
        ROOT, NETLAB_DESK=str(lab.desk), BROWSER="/no/such %s", PATH=str(tmp_path)
    )
    assert second.returncode == 0, second.stderr
    assert "No browser was found" in second.stdout


def test_tracked_notebooks_have_a_lab_of_their_own(lab: Lab) -> None:
    with opened(lab.desk, "--edit", NO_BROWSER) as other:
        assert other.address != lab.address
        assert f"{lab.address}/?token={lab.token}" in other.said
        assert "Your working copies are open" in other.said
        assert other.stop() == 0
    assert lab.json("/api/status")["kernels"] == 0, "the first one runs on"


def test_of_two_at_the_same_moment_one_serves(tmp_path: Path) -> None:
    with opened(tmp_path, NO_BROWSER) as one, opened(tmp_path, NO_BROWSER) as two:
        wait_until(lambda: any(lab.process.poll() is not None for lab in (one, two)))
        first, second = (one, two) if two.process.poll() is not None else (two, one)
        assert second.ended() == 0
        assert first.process.poll() is None
        assert RUNS_ALREADY in second.said
        assert RUNS_ALREADY not in first.said
        assert f"{first.address}/?token={first.token}" in second.said
        assert len(claims(tmp_path)) == 1


def test_address_is_short_and_ascii(lab: Lab) -> None:
    [address] = ADDRESS.finditer(lab.said)
    assert lab.said.isascii()
    assert len(address[0]) < 80
    assert lab.get("/")[0].isascii()


def test_file_of_a_killed_lab_does_not_fool_the_next(tmp_path: Path) -> None:
    with opened(tmp_path, NO_BROWSER) as killed:
        killed.until("Ctrl+C")
        says = killed.server()
        os.kill(says["pid"], signal.SIGKILL)
        assert killed.ended() == 1
        _, _, end = killed.said.partition("JupyterLab has ended by itself (signal: 9")
        assert "`cargo lab` opens it again" in end
        assert says["token"] not in end
        [file] = claims(tmp_path)
    # After a restart of the machine the number is another program's, and
    # somebody who says nothing has the port.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"http://localhost:{port}/"
        file.write_text(json.dumps({**says, "pid": os.getpid(), "url": url}))
        with opened(tmp_path, NO_BROWSER) as lab:
            lab.until("Ctrl+C")
            assert RUNS_ALREADY not in lab.said
            assert lab.server()["pid"] != os.getpid(), "the old file is gone"
            assert lab.json("/api/status")["kernels"] == 0


def test_jupyterlab_ends_with_a_killed_command(tmp_path: Path) -> None:
    with opened(tmp_path, NO_BROWSER) as lab:
        lab.until("Ctrl+C")
        server = lab.server()
        lab.stop(signal.SIGKILL)
    # In order: it takes its file away.
    wait_until(lambda: not claims(tmp_path))
    wait_until(lambda: not Path(f"/proc/{server['pid']}").exists())
