"""A notebook as a page and as a deck, by nbconvert and our templates."""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from jupyterlab_pygments import JupyterStyle
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from export_lessons.colours import ansi2html
from export_lessons.notes import unfold_notes
from run_lessons.places import slide_type

TEMPLATES = Path(__file__).with_name("templates")
LANGUAGE = "ru"
_NO_LABEL = "Рисунок, который построила ячейка"
_SVG_LABEL = re.compile(r'aria-label="([^"]+)"|<title[^>]*>([^<]+)</title>')


@dataclass(frozen=True)
class Edition:
    """Another form of the lesson, linked from its page."""

    name: str
    href: str
    download: bool = False


class NoSlides(Exception):
    """All cells are skipped, or notes."""


class Converter:
    """Converts notebooks; one for a whole site, its templates load once."""

    def __init__(self) -> None:
        self._page = _exporter("page")
        self._deck = _exporter("deck")

    def page(
        self, node: NotebookNode, title: str, editions: list[Edition]
    ) -> BeautifulSoup:
        """Everything in reading order, with a table of contents."""
        soup = self._convert(self._page, node, title, folds=True, editions=editions)
        _number_equal_ids(soup)
        _fill_contents(soup)
        return soup

    def deck(self, node: NotebookNode, title: str) -> BeautifulSoup:
        """The slides; raises `NoSlides`."""
        if all(slide_type(cell) in ("notes", "skip") for cell in node.cells):
            raise NoSlides
        soup = self._convert(self._deck, node, title, folds=False, editions=[])
        unfold_notes(soup)
        return soup

    def _convert(
        self, exporter: HTMLExporter, node: NotebookNode, title: str, **lesson: Any
    ) -> BeautifulSoup:
        lesson["title"] = title
        text, _ = exporter.from_notebook_node(node, resources={"lesson": lesson})
        return BeautifulSoup(text, features="html.parser")


def highlight_css() -> str:
    """The colours of code, as variables that `cells.css` gives values to."""
    formatter = HtmlFormatter(style=JupyterStyle)
    return str(formatter.get_style_defs(".highlight")) + "\n"


def _exporter(template: str) -> HTMLExporter:
    return HTMLExporter(
        template_name=template,
        extra_template_basedirs=[str(TEMPLATES)],
        # For `extends "lesson/…"`.
        extra_template_paths=[str(TEMPLATES)],
        language_code=LANGUAGE,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        anchor_link_text="#",
        filters={"ansi2html": ansi2html, "svg_alt": svg_alt},
    )


def svg_alt(svg: str) -> str:
    """What a drawing says about itself to those who can't see it."""
    found = _SVG_LABEL.search(svg)
    label = html.unescape(found[1] or found[2]) if found else ""
    return label.strip() or _NO_LABEL


def _number_equal_ids(soup: BeautifulSoup) -> None:
    """Two sections of one name get two addresses."""
    seen: dict[str, int] = {}
    for element in soup.select("[id]"):
        # nbconvert writes Russian letters as `%D0…`, as they stand in no link.
        name = unquote(str(element["id"]))
        seen[name] = seen.get(name, 0) + 1
        element["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"


def _fill_contents(soup: BeautifulSoup) -> None:
    contents = soup.select_one(".toc ol")
    assert contents is not None, "the template has a list for the contents"
    for heading in soup.select("main h2[id]"):
        anchor = heading.select_one(".anchor-link")
        if anchor is not None:
            anchor["href"] = f"#{heading['id']}"
            anchor["aria-label"] = "Ссылка на раздел"
        link = soup.new_tag("a", href=f"#{heading['id']}")
        link.string = "".join(
            text for text in heading.strings if text.parent is not anchor
        ).strip()
        item = soup.new_tag("li")
        item.append(link)
        contents.append(item)
