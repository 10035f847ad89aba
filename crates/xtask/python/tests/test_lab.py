"""The lab as `cargo lab` opens it: start page, layouts, figures, settings."""

import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from lab_command import NO_BROWSER, ROOT, Lab, opened

START_PAGE = "Занятия.md"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with opened(tmp_path_factory.mktemp("desk"), NO_BROWSER) as lab:
        yield lab


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
        opened = lab.desk / "work/notebooks" / lesson.name
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


def test_no_language_server_is_looked_for(lab: Lab) -> None:
    # To find them, `npm` would be run at every start, which writes into the
    # home of the user, and servers of the user would be taken.
    assert lab.json("/lsp/status")["specs"] == {}


def test_both_kernels_have_a_logo(lab: Lab) -> None:
    specs = lab.json("/api/kernelspecs")["kernelspecs"]
    for name in ("rust", "rust-evcxr"):
        logos = specs[name]["resources"]
        assert lab.get(logos["logo-svg"])[1] == "image/svg+xml"
        assert lab.get(logos["logo-64x64"])[1] == "image/png"
