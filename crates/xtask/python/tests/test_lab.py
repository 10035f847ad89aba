"""The lab as `cargo lab` opens it: start page, layouts, figures, settings."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

ROOT = Path(__file__).resolve().parents[4]
START_PAGE = "Занятия.md"
# Long enough for a machine that builds something else at the same time.
WATCHDOG = 120
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)")


class Lab:
    """A JupyterLab that `cargo lab` started, asked as a browser would."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["cargo", "lab", "--no-browser"],
            cwd=ROOT,
            # No kernel is started here, so none has to wait for one.
            env={**os.environ, "NETLAB_SPARES": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.address: str | None = None
        self.token = ""
        self.spoke = threading.Event()
        # It goes on reading: a full pipe would stop the server.
        threading.Thread(target=self._listen, daemon=True).start()
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor())

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
            if self.address is None and (found := ADDRESS.search(line)):
                self.address, self.token = found.groups()
                self.spoke.set()
        self.spoke.set()

    def wait(self) -> None:
        self.spoke.wait(WATCHDOG)
        assert self.address, "".join(self.said)
        # Jupyter says its address a moment before it listens there.
        host, port = self.address.removeprefix("http://").split(":")
        deadline = time.monotonic() + WATCHDOG
        while socket.socket().connect_ex((host, int(port))) != 0:
            assert self.process.poll() is None, "".join(self.said)
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def get(self, path: str) -> tuple[str, str, bytes]:
        """The address after redirects, the type and the body of a page."""
        sign = "&" if "?" in path else "?"
        url = f"{self.address}{quote(path, safe='/?=&:%')}"
        with self.browser.open(
            f"{url}{sign}token={self.token}", timeout=WATCHDOG
        ) as answer:
            kind = answer.headers.get_content_type()
            return answer.url, kind, answer.read()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[2])

    def stop(self) -> None:
        # Not SIGINT: Jupyter asks back at the first one.
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(WATCHDOG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    lab = Lab()
    try:
        lab.wait()
        yield lab
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def links(lab: Lab) -> list[str]:
    page = lab.json(f"/api/contents/{START_PAGE}")["content"]
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_lab_opens_at_the_start_page(lab: Lab) -> None:
    address, kind, _ = lab.get("/")
    assert kind == "text/html"
    assert f"/lab/tree/{quote(START_PAGE)}" in address


def test_each_link_of_the_start_page_leads_somewhere(
    lab: Lab, links: list[str]
) -> None:
    assert links
    for link in links:
        if link.startswith("/"):
            assert lab.get(link)[1] == "text/html"
        else:
            assert lab.json(f"/api/contents/{link}")["type"] == "notebook"


def test_each_lesson_is_linked_as_notebook_and_as_deck(links: list[str]) -> None:
    for lesson in lessons():
        if not lesson.stem.endswith("-client"):
            assert f"notebooks/{lesson.name}" in links
            assert f"/rise/notebooks/{lesson.name}" in links


def test_pairs_open_side_by_side(lab: Lab, links: list[str]) -> None:
    clients = [path.stem for path in lessons() if path.stem.endswith("-client")]
    assert clients
    for client in clients:
        server = client.removesuffix("-client")
        assert f"/lab/workspaces/{server}" in links
        data = lab.json(f"/lab/api/workspaces/{server}")["data"]
        dock = data["layout-restorer:data"]["main"]["dock"]
        sides = [side["widgets"][side["currentIndex"]] for side in dock["children"]]
        assert sides == [
            f"notebook:notebooks/{stem}.ipynb" for stem in (server, client)
        ]


def test_opened_notebook_is_no_tracked_file(lab: Lab) -> None:
    for lesson in lessons():
        opened = ROOT / ".lab/work/notebooks" / lesson.name
        served = lab.json(f"/api/contents/notebooks/{lesson.name}?content=0")
        assert served["size"] == opened.stat().st_size
        assert not opened.is_symlink()
        assert not os.path.samefile(opened, lesson)


def test_figures_and_styles_are_served(lab: Lab) -> None:
    figures = {
        figure
        for lesson in lessons()
        for figure in re.findall(r"\.\./(pics/[\w.-]+)", lesson.read_text())
    }
    assert figures
    for figure in figures:
        assert lab.get(f"/files/{figure}")[1] == "image/svg+xml"
    for style in (
        "/custom/custom.css",
        "/files/styles/custom.css",
        "/files/notebooks/rise.css",
    ):
        assert lab.get(style)[1] == "text/css"


def test_students_see_lessons_and_nothing_else(lab: Lab) -> None:
    listing = lab.json("/api/contents/")["content"]
    assert {entry["name"] for entry in listing} == {START_PAGE, "notebooks"}


def test_interface_is_russian_and_can_be_english(lab: Lab) -> None:
    setting = "@jupyterlab/translation-extension:plugin"
    schema = lab.json(f"/lab/api/settings/{setting}")["schema"]
    assert schema["properties"]["locale"]["default"] == "ru_RU"
    words = lab.json("/lab/api/translations/ru_RU")["data"]["jupyterlab"]
    assert words["menu\x04Kernel"] == ["Ядро"]
    assert {"en", "ru_RU"} <= set(lab.json("/lab/api/translations")["data"])


def test_no_news_is_asked_for(lab: Lab) -> None:
    page = lab.get("/lab")[2].decode()
    config = re.search(
        r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL
    )
    assert config
    assert json.loads(config[1])["news"]["disabled"] is True
    setting = "@jupyterlab/apputils-extension:notification"
    schema = lab.json(f"/lab/api/settings/{setting}")["schema"]
    assert schema["properties"]["fetchNews"]["default"] == "false"


def test_both_kernels_have_a_logo(lab: Lab) -> None:
    specs = lab.json("/api/kernelspecs")["kernelspecs"]
    for name in ("rust", "rust-evcxr"):
        logos = specs[name]["resources"]
        assert lab.get(logos["logo-svg"])[1] == "image/svg+xml"
        assert lab.get(logos["logo-64x64"])[1] == "image/png"
