"""The site of small executed notebooks: no kernel and no browser is needed."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from export_lessons.colours import ansi2html
from site_writer import ALL_KINDS, SLIDES, Export, Repository, prose

OTHER = [prose("# Вторая проба\n\nКороткая.", "slide"), prose("## Код", "subslide")]
OUTSIDE = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    repository = Repository(tmp_path_factory.mktemp("site"))
    repository.add("01-all", ALL_KINDS)
    repository.add("02-other", OTHER)
    return repository.export("01-all", "02-other")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path)
    repository.add("01-all", ALL_KINDS)
    return repository


@pytest.fixture(scope="module")
def deck(export: Export) -> BeautifulSoup:
    return export.html("notebooks/01-all.deck.html")


@pytest.fixture(scope="module")
def page(export: Export) -> BeautifulSoup:
    return export.html("notebooks/01-all.html")


def test_export_succeeds_and_says_where(export: Export) -> None:
    assert export.exit_code == 0, export.stderr
    assert f"open file://{export.site}/index.html" in export.stdout


def test_missing_chromium_is_named(export: Export) -> None:
    assert "no PDFs: CHROME names `none`, which is no program" in export.stdout
    assert not list(export.site.rglob("*.pdf"))


def test_slide_types_become_sections(deck: BeautifulSoup) -> None:
    slides = deck.select(".slides > section > section")
    assert len(slides) == SLIDES
    assert len(deck.select(".slides > section")) == 2
    fragments = [cell.get_text(strip=True) for cell in deck.select(".fragment")]
    assert fragments == ["Сначала скрыто.", "table()жирно"]
    assert "пропущено" not in deck.get_text()


def test_notes_belong_to_the_slide_not_to_its_fragment(deck: BeautifulSoup) -> None:
    [notes] = deck.select("aside.notes")
    assert notes.parent is not None and notes.parent.name == "section"
    assert "Почему?" in notes.get_text()


def test_page_begins_with_its_title_and_keeps_skipped_cells(
    page: BeautifulSoup,
) -> None:
    assert page.select("main .jp-Cell")[0].h1 is not None
    assert "Перед заголовком: пропущено." in page.get_text()


def test_contents_of_the_page_lead_to_its_sections(page: BeautifulSoup) -> None:
    links = page.select(".toc a")
    names = ["Код", "Ошибка", "Картинки", "Рисунок", "Длинно", "Код"]
    assert [link.get_text() for link in links] == names
    targets = [unquote(str(link["href"]))[1:] for link in links]
    assert len(set(targets)) == len(targets)
    assert all(page.find(id=target) for target in targets)


def test_notes_and_solution_are_folded_on_the_page(page: BeautifulSoup) -> None:
    folds = [summary.get_text() for summary in page.select(".fold > summary")]
    assert folds == ["Заметки лектора", "Решение"]


@pytest.mark.parametrize("edition", ["01-all.html", "01-all.deck.html"])
def test_cells_look_the_same_in_both_editions(export: Export, edition: str) -> None:
    html = export.html(f"notebooks/{edition}")
    assert html.html is not None and html.html["lang"] == "ru"
    assert html.title is not None and html.title.get_text() == "Проба"
    keyword = html.select_one(".highlight .nb, .highlight .k, .highlight .fm")
    assert keyword is not None
    error = html.select_one('[data-mime-type="application/vnd.jupyter.stderr"]')
    assert error is not None and error.select(".ansi-red-fg, .ansi-blue-fg")
    assert not error.select("[style]")
    drawing = html.select_one(".jp-RenderedSVG img")
    assert drawing is not None and drawing["alt"] == "Два столбика"
    assert html.select_one(".jp-RenderedHTML b") is not None
    assert "строка 119" in html.get_text()


def test_index_names_lesson_minutes_and_editions(export: Export) -> None:
    index = export.html("index.html")
    first = index.select(".lesson")[0]
    text = " ".join(first.get_text().split())
    said = "Проба Что будет с каждой ячейкой? Страница Слайды Блокнот"
    assert text == f"01 45 мин {said}"


def test_minutes_of_a_pair_are_those_of_both(repository: Repository) -> None:
    repository.add("02-other", OTHER, minutes=61.5)
    repository.add("02-other-client", OTHER, minutes=26)
    lessons = repository.export("01-all", "02-other").html("index.html")
    minutes = [found.get_text() for found in lessons.select(".minutes")]
    assert minutes == ["45 мин", "87,5 мин"]
    assert len(lessons.select(".lesson")[1].select("article")) == 2


def test_every_link_resolves_on_disk(export: Export) -> None:
    missing = []
    for file in export.site.rglob("*.html"):
        html = export.html(str(file.relative_to(export.site)))
        addresses = [str(tag["href"]) for tag in html.find_all(href=True)]
        addresses += [str(tag["src"]) for tag in html.find_all(src=True)]
        for address in addresses:
            parts = urlsplit(address)
            target = file.parent / unquote(parts.path)
            if not parts.scheme and parts.path and not target.is_file():
                missing.append(f"{file.name}: {address}")
    for file in export.site.rglob("*.css"):
        for address in re.findall(r"url\(\"?([^)\"]+)\"?\)", file.read_text()):
            if not address.startswith("data:") and not (file.parent / address).is_file():
                missing.append(f"{file.name}: {address}")
    assert missing == []


def test_nothing_is_loaded_from_outside(export: Export) -> None:
    loads = []
    for file in export.site.rglob("*.html"):
        html = export.html(str(file.relative_to(export.site)))
        for tag in html.select("[src], link[href], [srcset], object[data]"):
            address = str(tag.get("src") or tag.get("href") or tag.get("data"))
            if urlsplit(address).scheme not in ("", "data") or address[:2] == "//":
                loads.append(f"{file.name}: {address}")
        styles = "".join(style.get_text() for style in html.find_all("style"))
        loads += OUTSIDE.findall(styles)
    for file in export.site.rglob("*.css"):
        loads += [f"{file.name}: {found}" for found in OUTSIDE.findall(file.read_text())]
    for file in export.site.rglob("*.js"):
        # Addresses in comments and in messages; nothing asks for them.
        addresses = set(re.findall(r"https?://[\w.-]+\w", file.read_text()))
        known = {f"https://{name}" for name in ("revealjs.com", "hakim.se", "github.com")}
        loads += [f"{file.name}: {address}" for address in addresses - known]
    assert loads == []


def test_link_to_another_lesson_leads_to_its_page(export: Export) -> None:
    link = export.html("notebooks/01-all.html").find("a", string="вторая проба")
    assert link is not None and str(link["href"]).startswith("02-other.html#")


def test_site_of_one_lesson_brings_what_it_links_to(repository: Repository) -> None:
    repository.add("02-other", OTHER)
    export = repository.export("01-all")
    assert export.exit_code == 0, export.stderr
    link = export.html("notebooks/01-all.html").find("a", string="вторая проба")
    assert link is not None and str(link["href"]).startswith("02-other.ipynb")
    assert (export.site / "notebooks/02-other.ipynb").is_file()
    assert not (export.site / "notebooks/02-other.html").exists()


def test_missing_file_is_named_and_fails(repository: Repository) -> None:
    export = repository.export("01-all")
    assert export.exit_code == 1
    assert "error: 01-all.ipynb points at 02-other.ipynb#" in export.stderr
    assert (export.site / "notebooks/01-all.html").is_file()


def test_picture_from_the_network_is_named_and_fails(repository: Repository) -> None:
    loads = [prose("# Сеть\n\n![x](https://example.org/x.png)", "slide")]
    repository.add("03-network", loads)
    export = repository.export("03-network")
    assert export.exit_code == 1
    assert "03-network.ipynb loads https://example.org/x.png" in export.stderr


def test_notebook_without_slides_is_named_and_fails(repository: Repository) -> None:
    repository.add("02-other", OTHER)
    repository.add("03-hidden", [prose("# Пусто", "skip")])
    export = repository.export("03-hidden", "02-other")
    assert export.exit_code == 1
    assert "03-hidden has no deck: it shows no slide" in export.stderr
    assert (export.site / "notebooks/02-other.deck.html").is_file()


def test_failed_lesson_is_left_out_and_the_others_are_there(
    repository: Repository,
) -> None:
    repository.add("02-other", OTHER)
    export = repository.export("01-all", "02-other", failed="01-all")
    assert export.exit_code == 1
    assert "error: 01-all is left out" in export.stderr
    assert not (export.site / "notebooks/01-all.html").exists()
    assert (export.site / "notebooks/02-other.html").is_file()
    index = export.html("index.html").get_text()
    assert "Проба" in index and "не выполнилось" in index


def test_notebook_that_is_none_is_left_out(repository: Repository) -> None:
    (repository.folder / "notebooks/03-broken.ipynb").write_text("{ no JSON")
    repository.add("02-other", OTHER)
    export = repository.export("03-broken", "02-other")
    assert export.exit_code == 1
    assert "error: 03-broken is left out" in export.stderr
    assert "03-broken" in export.html("index.html").get_text()


def test_former_site_is_replaced_whole(repository: Repository) -> None:
    repository.add("02-other", OTHER)
    stale = repository.site / "notebooks/00-gone.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    assert repository.export("01-all", "02-other").exit_code == 0
    assert not stale.exists()
    assert [path.name for path in repository.site.parent.iterdir()] == ["site"]


def test_former_site_stays_if_nothing_was_executed(repository: Repository) -> None:
    repository.site.mkdir(parents=True)
    (repository.site / "index.html").write_text("old")
    export = repository.export("01-all", failed="01-all")
    assert export.exit_code == 1
    assert "nothing to export" in export.stderr
    assert (repository.site / "index.html").read_text() == "old"


def test_nothing_is_written_beside_the_site(repository: Repository) -> None:
    before = {path: path.read_bytes() for path in _files(repository)}
    repository.export("01-all")
    assert {path: path.read_bytes() for path in _files(repository)} == before


def _files(repository: Repository) -> list[Path]:
    files = (path for path in repository.folder.rglob("*") if path.is_file())
    return sorted(path for path in files if "target" not in path.parts)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        (1, "red"),
        (12, "blue-intense"),
        (16, "black-intense"),
        (196, "red"),
        (100, "yellow"),
        (37, "cyan"),
        (68, "blue"),
        (54, "magenta"),
        (249, "black-intense"),
    ],
)
def test_each_of_256_colours_becomes_one_of_16(colour: int, name: str) -> None:
    html = ansi2html(f"\x1b[38;5;{colour}mx\x1b[0m")
    assert html == f'<span class="ansi-{name}-fg">x</span>'
