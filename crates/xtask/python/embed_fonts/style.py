"""The style sheet that carries the letters, at the end of the figure."""

import re
from base64 import b64encode
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from embed_fonts.faces import FACES, SYMBOLS, Face
from embed_fonts.figure import BadFigure, characters_by_face
from embed_fonts.letters import cut, has

_OURS = re.compile(r'(?:  )?<style id="letters">.*?</style>\r?\n?', re.DOTALL)
_NOTE = (
    "Written by embed_fonts. Parts of the fonts in styles/fonts, under the "
    "SIL Open Font License 1.1"
)


def without_letters(svg: str) -> str:
    """The figure as it was drawn."""
    return _OURS.sub("", svg)


def with_letters(svg: str, fonts: Path) -> str:
    """The figure with the letters it shows, and else as it was to the byte.

    Raises `BadFigure` when there is no shape for a character in `fonts`.
    """
    drawn = without_letters(svg)
    shown = characters_by_face(drawn)
    rules = [
        rule
        for face in FACES
        if face in shown
        for rule in _rules(face, shown[face], fonts)
    ]
    if not rules:
        return drawn
    end = drawn.rindex("</svg>")
    lines = "\n    ".join([f"/* {_NOTE} */", *rules])
    style = f'  <style id="letters">\n    {lines}\n  </style>\n'
    return drawn[:end] + style + drawn[end:]


def _rules(face: Face, characters: AbstractSet[str], fonts: Path) -> Iterator[str]:
    own = characters & has(fonts / face.file)
    others = characters - own
    if unknown := others - has(fonts / SYMBOLS):
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(unknown))
        raise BadFigure(f"shows {named}: neither {face.file} nor {SYMBOLS} has it")
    if own:
        yield _rule(face, cut(fonts / face.file, own))
    if others:
        codes = ", ".join(f"U+{ord(c):04X}" for c in sorted(others))
        letters = cut(fonts / SYMBOLS, others)
        yield _rule(face, letters, f" unicode-range: {codes};")


def _rule(face: Face, letters: bytes, more: str = "") -> str:
    return (
        f"@font-face {{ font-family: '{face.family}'; font-weight: {face.weight}; "
        f"font-style: {face.style};{more} "
        f"src: url(data:font/woff2;base64,{b64encode(letters).decode()}) "
        'format("woff2") }'
    )
