"""A font with some characters and no others."""

from collections.abc import Set as AbstractSet
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font
from fontTools.ttLib import TTFont

_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS = 0, 13, 14


@cache
def has(file: Path) -> frozenset[str]:
    """The characters that a font file has shapes for."""
    with TTFont(file, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def cut(file: Path, characters: AbstractSet[str]) -> bytes:
    """The WOFF2 file with these characters; the same bytes at each call."""
    options = Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["kern"]
    options.notdef_outline = True
    # The others contain the name that the licence reserves.
    options.name_IDs = [_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS]
    options.recalc_timestamp = False
    with load_font(file, options) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(characters)))
        subsetter.subset(font)
        font.flavor = options.flavor
        buffer = BytesIO()
        font.save(buffer)
    return buffer.getvalue()
