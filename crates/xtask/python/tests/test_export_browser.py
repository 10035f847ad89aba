"""The site as a reader sees it: a real Chromium opens it from the disk.

`NETLAB_TEST_SITE` names a site to look at instead of a small one of its own.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from export_lessons import chromium
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from site_writer import ALL_KINDS, LONG_OUTPUT, Repository, prose

GIVEN = os.environ.get("NETLAB_TEST_SITE")
SIZE = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
WATCHDOG_MS = 60_000

MEASURE = """() => {
    const slide = Reveal.getCurrentSlide();
    const tall = box => box.scrollHeight - box.clientHeight;
    const wide = box => box.scrollWidth - box.clientWidth;
    const outputs = [...slide.querySelectorAll(".jp-Cell-outputWrapper")];
    const code = [...slide.querySelectorAll(".jp-InputArea-editor .highlight")];
    const at = Reveal.getIndices();
    return {
        where: `${at.h}/${at.v}`,
        overflow: Math.max(tall(slide), wide(slide), ...code.map(wide)),
        // Less than three lines, and not all that there is.
        squeezed: outputs.filter(box => tall(box) > 2 && box.clientHeight < 72).length,
        broken: [...slide.querySelectorAll("img")]
            .filter(image => image.complete && !image.naturalWidth).length,
    };
}"""


@dataclass
class Visit:
    """A browser, and what its pages asked for and complained about."""

    context: BrowserContext
    requests: list[str]
    complaints: list[str]

    def open(self, file: Path, query: str = "") -> Page:
        """A page of the site, loaded."""
        page = self.context.new_page()
        page.goto(f"{file.as_uri()}{query}")
        page.evaluate("document.fonts.ready")
        return page

    @property
    def outside(self) -> list[str]:
        """Requests for anything but files of this machine."""
        local = ("file:", "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(local)]


@pytest.fixture(scope="module")
def executable() -> str:
    found = chromium.find()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"CI needs a browser: {chromium.why_none()}")
    if found is None:
        pytest.skip(f"the site was not looked at: {chromium.why_none()}")
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, executable: str) -> Path:
    if GIVEN:
        return Path(GIVEN).resolve()
    repository = Repository(tmp_path_factory.mktemp("site"))
    repository.add("01-all", ALL_KINDS)
    repository.add("02-other", [prose("# Вторая проба", "slide")])
    export = repository.export_with_pdf("01-all", "02-other")
    assert export.exit_code == 0, export.stderr
    assert [path.name for path in repository.site.parent.iterdir()] == ["site"]
    return export.site


@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=chromium.flags(),
            chromium_sandbox=os.geteuid() != 0,
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(WATCHDOG_MS)
    visit = Visit(context, [], [])
    context.on("request", lambda request: visit.requests.append(request.url))
    context.on("requestfailed", lambda request: visit.complaints.append(request.url))
    context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: visit.complaints.append(message.text)
        if message.type in ("error", "warning")
        else None,
    )
    yield visit
    context.close()


def decks(site: Path) -> list[Path]:
    return sorted(site.glob("notebooks/*.deck.html"))


def slides(page: Page) -> Iterator[dict[str, Any]]:
    """Goes through a deck, each slide with all its fragments."""
    page.wait_for_function("Reveal.isReady()")
    while True:
        page.evaluate("while (Reveal.availableFragments().next) Reveal.nextFragment()")
        yield page.evaluate(MEASURE)
        if page.evaluate("Reveal.isLastSlide()"):
            return
        page.evaluate("Reveal.next()")


def test_no_request_leaves_the_machine(visit: Visit, site: Path) -> None:
    for file in sorted(site.rglob("*.html")):
        page = visit.open(file)
        if file.name.endswith(".deck.html"):
            assert sum(1 for _ in slides(page)) > 0
        page.close()
    assert visit.requests
    assert visit.outside == []
    assert visit.complaints == []


def test_every_slide_fits(visit: Visit, site: Path) -> None:
    misfits = []
    for deck in decks(site):
        page = visit.open(deck)
        for slide in slides(page):
            where = f"{deck.name} #/{slide.pop('where')}"
            misfits += [f"{where} {fault}" for fault, size in slide.items() if size > 0]
        page.close()
    assert misfits == []


def test_printed_deck_hides_nothing(visit: Visit, site: Path) -> None:
    for deck in decks(site):
        page = visit.open(deck, "?print-pdf")
        page.wait_for_selector(".pdf-page")
        hidden = page.evaluate("""() => [...document.querySelectorAll(
            ".jp-Cell-outputWrapper, .jp-OutputArea-output, .highlight, .pdf-page"
        )].filter(box => box.scrollHeight > box.clientHeight + 1
            && getComputedStyle(box).overflowY !== "visible").length""")
        invisible = page.locator(".fragment:not(.visible)").count()
        # A slide that is a line too high would leave an empty sheet behind.
        empty = page.evaluate("""() => [...document.querySelectorAll(".pdf-page")]
            .filter(sheet => {
                const slide = sheet.querySelector("section");
                const last = Math.max(...[...slide.children].map(
                    cell => cell.getBoundingClientRect().bottom));
                const used = last - sheet.getBoundingClientRect().top;
                return sheet.clientHeight > used + 720;
            }).map(sheet => sheet.innerText.slice(0, 40))""")
        assert (hidden, invisible, empty) == (0, 0, []), deck.name
        page.close()


def test_pdf_has_a_page_for_every_slide(visit: Visit, site: Path) -> None:
    for deck in decks(site):
        page = visit.open(deck)
        page.wait_for_function("Reveal.isReady()")
        count = page.evaluate("Reveal.getTotalSlides()")
        pdf = deck.with_name(deck.name.replace(".deck.html", ".pdf")).read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= count, deck.name
        assert b"file://" not in pdf
        page.close()


@pytest.mark.own_site
def test_long_output_makes_its_slide_longer_in_print(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/01-all.deck.html", "?print-pdf")
    page.wait_for_selector(".pdf-page")
    height = page.locator(".pdf-page", has_text="строка 0").bounding_box()
    line = 18
    assert height is not None and height["height"] > LONG_OUTPUT * line


@pytest.mark.own_site
def test_notes_open_with_t(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/01-all.deck.html", "#/0/1")
    page.wait_for_function("Reveal.isReady()")
    with visit.context.expect_page() as opened:
        page.keyboard.press("t")
    notes = opened.value
    notes.wait_for_selector("text=Почему?")
    assert visit.outside == []


@pytest.mark.own_site
def test_browser_that_does_not_start_is_named(
    tmp_path: Path, executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROME", "false")
    repository = Repository(tmp_path)
    repository.add("02-other", [prose("# Вторая проба", "slide")])
    export = repository.export_with_pdf("02-other")
    assert export.exit_code == 1
    assert "false does not start" in export.stderr
    assert (export.site / "notebooks/02-other.deck.html").is_file()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone(browser: Browser, site: Path, scheme: str) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    for file in sorted(site.rglob("*.html")):
        page = context.new_page()
        page.goto(file.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], file.name
        if file.name.endswith(".deck.html"):
            continue
        ink, paper = page.evaluate("""() => {
            const body = getComputedStyle(document.body);
            return [body.color, body.backgroundColor].map(
                colour => colour.match(/[0-9.]+/g).slice(0, 3).map(Number))
        }""")
        assert (sum(ink) > sum(paper)) == (scheme == "dark"), file.name
    context.close()
