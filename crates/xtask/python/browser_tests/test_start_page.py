"""The list of lessons, as JupyterLab shows it."""

import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_decks.lab_server import LabServer
from drive_decks.panel import READY_MS, open_lab
from playwright.sync_api import Browser, Page

SIZES = [(720, 720), (720, 1280), (1280, 720)]

# What sticks out of its card or of the page, and what can't be scrolled to.
_CUT = """() => {
    const page = document.querySelector(".jp-RenderedMarkdown:has(.netlab-start)");
    const cut = [];
    if (page.scrollWidth > page.clientWidth) cut.push("the page scrolls sideways");
    for (const card of document.querySelectorAll(".netlab-lesson")) {
        const {left, right, top, bottom} = card.getBoundingClientRect();
        for (const part of card.querySelectorAll("h2, p, .netlab-ways a")) {
            const box = part.getBoundingClientRect();
            if (box.left < left || box.right > right ||
                box.top < top || box.bottom > bottom ||
                part.scrollWidth > part.clientWidth + 1 && part.matches("h2, p")) {
                cut.push(part.textContent);
            }
        }
    }
    page.scrollTop = page.scrollHeight;
    const end = document.querySelector(".netlab-tips").getBoundingClientRect();
    if (end.bottom > page.getBoundingClientRect().bottom) cut.push("the end");
    page.scrollTop = 0;
    return cut;
}"""
# The greatest difference of two pictures in one point, from 0 to 255: letters
# are not always drawn alike to the last bit.
_DIFFERENCE = """async pictures => {
    const [a, b] = await Promise.all(pictures.map(async picture => {
        const image = new Image();
        image.src = `data:image/png;base64,${picture}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
    }));
    return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}"""
_BUTTONS = "() => [...document.querySelectorAll('.netlab-ways')].map(" \
    "ways => [...ways.querySelectorAll('a')].map(a => a.textContent))"


@pytest.fixture(scope="module")
def page(browser: Browser, lab: LabServer, root: Path) -> Iterator[Page]:
    """The page under the name that students see."""
    place = root / "target/browser/Занятия.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / ".jupyter/start.md", place)
    page, _ = open_lab(browser, lab, f"lab/tree/target/browser/{place.name}?reset")
    page.locator(".netlab-ways a").first.wait_for(timeout=READY_MS)
    page.wait_for_load_state("networkidle")
    yield page
    page.close()


def test_pair_side_by_side_is_the_main_button(page: Page) -> None:
    """Both notebooks and both decks have buttons of their own."""
    buttons = page.evaluate(_BUTTONS)
    pair = next(ways for ways in buttons if len(ways) > 2)
    assert pair[0] == "Сервер и клиент рядом"
    assert pair[1:] == ["Сервер", "Клиент", "Слайды сервера", "Слайды клиента"]
    colours = page.locator(".netlab-ways", has_text=pair[0]).locator("a").evaluate_all(
        "all => all.map(a => getComputedStyle(a).backgroundColor)"
    )
    assert colours[0] not in colours[1:]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut(page: Page, root: Path, size: tuple[int, int]) -> None:
    """Neither in a narrow window nor in a low one."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert page.evaluate(_CUT) == []
    page.screenshot(path=root / f"target/slides/start-{size[0]}x{size[1]}.png")


def test_lab_is_dark_where_the_system_is(page: Page, root: Path) -> None:
    """As the decks are; it follows a change at once."""
    page.set_viewport_size({"width": 1280, "height": 720})
    for scheme, light in (("dark", "false"), ("light", "true"), ("dark", "false")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_selector(f"[data-jp-theme-light='{light}']", state="attached")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=root / "target/slides/start-dark.png")


def test_visited_button_looks_as_before(page: Page) -> None:
    """In the dark too, where the usual colour of visited links is hard to read."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    document = devtools.send("DOM.getDocument")["root"]["nodeId"]
    query = {"nodeId": document, "selector": ".netlab-ways a:last-child"}
    node = devtools.send("DOM.querySelector", query)["nodeId"]
    button = page.locator(".netlab-ways a:last-child").first
    for scheme, light in (("light", "true"), ("dark", "false")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_selector(f"[data-jp-theme-light='{light}']", state="attached")
        looks = []
        for state in ([], ["visited"]):
            force = {"nodeId": node, "forcedPseudoClasses": state}
            devtools.send("CSS.forcePseudoState", force)
            picture = button.screenshot(animations="disabled")
            looks.append(b64encode(picture).decode())
        assert page.evaluate(_DIFFERENCE, looks) < 16, scheme
