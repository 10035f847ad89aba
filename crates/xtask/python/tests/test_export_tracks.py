"""What the hand-outs make of core and extra, and of what a notebook folds."""

import pytest
from bs4 import BeautifulSoup, Tag
from site_writer import TRACKS, Export, Repository


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    repository = Repository(tmp_path_factory.mktemp("site"))
    repository.add("03-tracks", TRACKS)
    export = repository.export("03-tracks")
    assert export.exit_code == 0, export.stderr
    return export


@pytest.fixture(scope="module")
def deck(export: Export) -> BeautifulSoup:
    return export.html("notebooks/03-tracks.deck.html")


@pytest.fixture(scope="module")
def page(export: Export) -> BeautifulSoup:
    return export.html("notebooks/03-tracks.html")


def heading(element: Tag) -> str:
    """The first heading, without the link beside it."""
    found = element.find(["h1", "h2", "h3"])
    assert isinstance(found, Tag)
    return found.get_text().removesuffix("#")


def test_extras_hang_below_the_columns_of_the_lecture(deck: BeautifulSoup) -> None:
    columns = deck.select(".slides > section")
    found = [
        [heading(slide) for slide in column.find_all("section")] for column in columns
    ]
    assert found == [
        ["Дорожки"],
        ["Сервер", "Глубже", "Ещё глубже"],
        ["Итоги", "Таблица соответствий"],
    ]
    extras = [heading(slide) for slide in deck.select("section.extra")]
    assert extras == ["Глубже", "Ещё глубже", "Таблица соответствий"]


def test_each_column_is_entered_at_its_top(deck: BeautifulSoup) -> None:
    starts = [column["data-start-indexv"] for column in deck.select(".slides > section")]
    assert starts == ["0", "0", "0"]


def test_page_marks_each_passage_of_extras_once(page: BeautifulSoup) -> None:
    passages = page.select("main > section.extra")
    assert [passage["aria-label"] for passage in passages] == ["Дополнительно"] * 2
    assert [heading(passage) for passage in passages] == [
        *("Глубже", "Таблица соответствий")
    ]
    assert "Ещё глубже" in passages[0].get_text()
    assert "Старая заметка" in passages[0].get_text()
    assert "Упражнения" not in passages[1].get_text()


def test_notes_of_the_notebook_are_folded_once_on_the_page(page: BeautifulSoup) -> None:
    notes = page.select_one("main .netlab-notes")
    assert notes is not None and not notes.has_attr("open")
    assert notes.find_parent("details") is None
    assert notes.select_one("li strong") is not None
    answer = notes.select_one("details")
    assert answer is not None and not answer.has_attr("open")
    assert answer.get_text() == "ОтветСервер ждёт в accept."
    summaries = [found.get_text() for found in page.select("main summary")]
    assert summaries == ["На Python", "Заметки лектора", "Ответ", "Заметки лектора"]


def test_notes_of_the_deck_are_open(deck: BeautifulSoup) -> None:
    first, second = deck.select("aside.notes")
    assert first.parent is not None and heading(first.parent) == "Сервер"
    [answer] = first.select("details")
    assert answer.has_attr("open")
    assert "Сервер ждёт" in answer.get_text()
    assert "Заметки лектора" not in first.get_text()
    assert "Старая заметка" in second.get_text()


@pytest.mark.parametrize("edition", ["03-tracks.html", "03-tracks.deck.html"])
def test_python_of_the_original_is_folded_and_rendered(
    export: Export, edition: str
) -> None:
    python = export.html(f"notebooks/{edition}").select_one(".netlab-python")
    assert python is not None and not python.has_attr("open")
    assert python.select_one(".highlight pre .k") is not None
    assert python.select_one("p strong") is not None
    assert "```" not in python.get_text()
