"""The colours of compiler messages on white and on black paper."""

import colorsys
import re

from nbconvert.filters.ansi import ansi2html as to_html

_FOREGROUND_256 = re.compile("\x1b\\[38;5;(\\d+)m")
_GREY = 90
_BY_HUE = (31, 33, 32, 36, 34, 35)
"""Red, yellow, green, cyan, blue, magenta: a sixth of the circle each."""


def ansi2html(text: str) -> str:
    """As nbconvert's filter, with one of 16 colours for each of 256.

    The compiler chooses its colours for a black terminal; as they are, they
    would be too pale on paper. The 16 have a readable value each in
    `styles/custom.css`, for light and for dark.
    """
    return str(to_html(_FOREGROUND_256.sub(_one_of_16, text)))


def _one_of_16(found: re.Match[str]) -> str:
    return f"\x1b[{_nearest(int(found[1]))}m"


def _nearest(colour: int) -> int:
    """The code of the nearest of the 16 colours to one of the 256."""
    if colour < 16:
        return 30 + colour if colour < 8 else 82 + colour
    if colour > 231:
        return _GREY
    # A cube of six steps each of red, green and blue.
    rest, blue = divmod(colour - 16, 6)
    red, green = divmod(rest, 6)
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 5, green / 5, blue / 5)
    return _GREY if saturation < 0.2 else _BY_HUE[int(hue * 6 + 0.5) % 6]
