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
from site_writer import (
    ALL_KINDS,
    LONG_OUTPUT,
    TALL_OUTPUT,
    TRACKS,
    Repository,
    prose,
)

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
    repository.add("03-tracks", TRACKS)
    export = repository.export_with_pdf("01-all", "02-other", "03-tracks")
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
        page.wait_for_selector("body[data-printable]")
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
    page.wait_for_selector("body[data-printable]")
    height = page.locator(".pdf-page", has_text="строка 0").bounding_box()
    line = 18
    assert height is not None and height["height"] > LONG_OUTPUT * line


@pytest.mark.own_site
def test_slide_a_little_too_high_is_drawn_smaller_in_print(
    visit: Visit, site: Path
) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html", "?print-pdf")
    page.wait_for_selector("body[data-printable]")
    sheet = page.locator(".pdf-page", has_text="строка 0").bounding_box()
    last = page.get_by_text(f"строка {TALL_OUTPUT - 1}").bounding_box()
    assert sheet is not None and sheet["height"] < SIZE["height"]
    assert last is not None and last["width"] > SIZE["width"] * 0.8
    assert last["y"] + last["height"] < sheet["y"] + sheet["height"]


@pytest.mark.own_site
def test_notes_open_with_t(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/01-all.deck.html", "#/0/1")
    page.wait_for_function("Reveal.isReady()")
    with visit.context.expect_page() as opened:
        page.keyboard.press("t")
    notes = opened.value
    notes.wait_for_selector("text=Почему?")
    # In the words of the lab's own window, with its clock.
    assert notes.title() == "Окно лектора"
    labels = notes.locator(".label, .speaker-layout-label").all_text_contents()
    assert labels and not [text for text in labels if re.search("[A-Za-z]", text)]
    assert re.fullmatch(r"\d\d:\d\d", notes.locator(".clock-value").inner_text())
    assert visit.outside == []


def at(page: Page) -> str:
    """The slide that is shown, as column and place in it."""
    return str(page.evaluate("(({h, v}) => `${h}/${v}`)(Reveal.getIndices())"))


def walk(page: Page, *keys: str) -> list[str]:
    """Where each key leads."""
    places = []
    for key in keys:
        page.keyboard.press(key)
        places.append(at(page))
    return places


@pytest.mark.own_site
@pytest.mark.parametrize(
    ("on", "back"),
    [("ArrowRight", "ArrowLeft"), ("Space", "Shift+Space"), ("PageDown", "PageUp")],
)
def test_lecture_goes_to_the_right_past_its_extras(
    visit: Visit, site: Path, on: str, back: str
) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html")
    page.wait_for_function("Reveal.isReady()")
    # Twice in the second column: a fragment waits there.
    assert walk(page, on, on, on) == ["1/0", "1/0", "2/0"]
    assert walk(page, back, back, back) == ["1/0", "1/0", "0/0"]


@pytest.mark.own_site
def test_down_goes_deeper_and_the_lecture_goes_on_at_the_top(
    visit: Visit, site: Path
) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html", "#/1")
    page.wait_for_function("Reveal.isReady()")
    assert walk(page, "ArrowDown", "ArrowDown") == ["1/1", "1/2"]
    assert walk(page, "ArrowRight", "ArrowLeft") == ["2/0", "1/0"]
    assert walk(page, "ArrowDown", "ArrowDown", "Space") == ["1/1", "1/2", "2/0"]
    assert walk(page, "ArrowDown", "Shift+Space") == ["2/1", "2/0"]


@pytest.mark.own_site
def test_mark_and_number_say_what_is_below(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html")
    page.wait_for_function("Reveal.isReady()")
    mark, number = page.locator(".deck-depth"), page.locator(".slide-number")
    said = []
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        said.append((mark.is_visible() and mark.inner_text(), number.inner_text()))
    assert said == [
        (False, "1 / 3"),
        ("↓ ещё 2", "2 / 3"),
        ("дополнительно 1 из 2 · ↑", "2.1 / 3"),
        ("дополнительно 2 из 2 · ↑", "2.2 / 3"),
    ]
    mark.click()
    assert at(page) == "1/1"
    page.keyboard.press("ArrowUp")
    mark.click()
    assert at(page) == "1/1"
    # The button must not keep the next key for itself.
    assert walk(page, "Space") == ["2/0"]


@pytest.mark.own_site
def test_code_is_larger_where_all_of_it_fits(visit: Visit, site: Path) -> None:
    sizes = []
    for deck, slide in (("03-tracks", "#/1"), ("01-all", "#/1/3")):
        page = visit.open(site / f"notebooks/{deck}.deck.html", slide)
        page.wait_for_function("Reveal.isReady()")
        code = page.locator("section.present > section.present .jp-InputArea-editor pre")
        sizes.append(code.evaluate("pre => getComputedStyle(pre).fontSize"))
        page.close()
    assert sizes == ["24px", "20px"]


@pytest.mark.own_site
def test_python_of_the_original_opens_above_its_slide(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html", "#/1")
    page.wait_for_function("Reveal.isReady()")
    python = page.locator("section.present > section.present .netlab-python")
    code = python.locator("pre")
    assert not code.is_visible()
    cell = page.locator("section.present > section.present .jp-CodeCell")
    before = cell.bounding_box()
    python.locator("summary").click()
    assert code.is_visible()
    assert cell.bounding_box() == before
    leaf = python.bounding_box()
    assert leaf is not None and leaf["y"] >= 0
    assert leaf["y"] + leaf["height"] <= SIZE["height"]
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert at(page) == "2/0"


@pytest.mark.own_site
def test_notes_and_their_answers_are_open_for_the_lecturer(
    visit: Visit, site: Path
) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html", "#/1")
    page.wait_for_function("Reveal.isReady()")
    with visit.context.expect_page() as opened:
        page.keyboard.press("t")
    notes = opened.value
    notes.wait_for_selector("text=Сервер ждёт в")
    assert notes.locator("text=Второго клиента").is_visible()
    assert not notes.locator("text=Заметки лектора").is_visible()
    # Behind the last fragment comes the next column, not the extra below.
    upcoming = notes.frame_locator("#upcoming-slide iframe")
    page.keyboard.press("ArrowRight")
    upcoming.locator("section.present > section.present", has_text="Итоги").wait_for()
    assert at(page) == "1/0"


@pytest.mark.own_site
def test_print_shows_every_track_and_no_closed_fold(visit: Visit, site: Path) -> None:
    page = visit.open(site / "notebooks/03-tracks.deck.html", "?print-pdf")
    page.wait_for_selector("body[data-printable]")
    headings = page.locator(".pdf-page :is(h1, h2, h3)").all_inner_texts()
    assert headings == [
        *("Дорожки", "Сервер", "Глубже", "Ещё глубже", "Итоги"),
        "Таблица соответствий",
    ]
    assert page.locator("summary:visible").count() == 0
    assert not page.locator(".deck-depth").is_visible()


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
