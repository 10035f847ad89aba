"""Which characters a figure shows in which face."""

import re
from collections import defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from embed_fonts.faces import Face, face_of

_SVG = "{http://www.w3.org/2000/svg}"
_INITIAL = {"font-family": "", "font-weight": "400", "font-style": "normal"}
_SETS_A_FONT = re.compile(r"\bfont(-family|-weight|-style)?\s*:")
_SPACES = re.compile(r"\s+")


class BadFigure(Exception):
    """Why a figure can't be given its letters."""


def characters_by_face(svg: str) -> dict[Face, set[str]]:
    """What the figure shows, `svg` being the text without embedded letters.

    Raises `BadFigure` for a font that is not among `faces.FACES`.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ParseError as error:
        raise BadFigure(f"is no XML: {error}") from error
    _refuse_style_sheets(root)
    shown: defaultdict[Face, set[str]] = defaultdict(set)
    for font, text in _texts(root, _INITIAL, within_text=False):
        face = face_of(*font)
        if face is None:
            named = " ".join(font) or "no font"
            raise BadFigure(f"asks for {named}, which is no face, in «{text.strip()}»")
        shown[face] |= set(_SPACES.sub(" ", text))
    return dict(shown)


def _texts(
    element: Element, inherited: dict[str, str], *, within_text: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every piece of text that is drawn, and the font that it is set in."""
    font = {name: element.get(name, value) for name, value in inherited.items()}
    key = tuple(font.values())
    # What stands outside, as title and description, is not drawn.
    within_text = within_text or element.tag == f"{_SVG}text"
    if within_text and element.text:
        yield key, element.text
    for child in element:
        yield from _texts(child, font, within_text=within_text)
        if within_text and child.tail:
            yield key, child.tail


def _refuse_style_sheets(root: Element) -> None:
    for element in root.iter():
        css = element.text if element.tag == f"{_SVG}style" else element.get("style")
        if css and _SETS_A_FONT.search(css):
            raise BadFigure("sets a font in a style sheet; use the attributes")
