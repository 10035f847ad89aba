"""Arguments and exit codes."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from embed_fonts.figure import BadFigure
from embed_fonts.style import with_letters

WRITTEN, FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives each figure its letters; returns the exit code.

    A figure that can't have all of them stays as it is.
    """
    options = _parser().parse_args(arguments)
    exit_code = WRITTEN
    for figure in options.figures:
        try:
            print(f"{figure}: {_embed(figure, options.fonts)}")
        except (BadFigure, OSError, UnicodeDecodeError) as error:
            print(f"error: {figure}: {error}", file=sys.stderr)
            exit_code = FAILED
    return exit_code


def _embed(figure: Path, fonts: Path) -> str:
    # As bytes, so that the ends of the lines stay what they are.
    before = figure.read_bytes()
    after = with_letters(before.decode(), fonts).encode()
    if after == before:
        return "has its letters"
    figure.write_bytes(after)
    return f"now {len(after) / 1024:.0f} KB"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embed_fonts",
        description="Put the letters that SVG figures use into the figures.",
    )
    parser.add_argument("figures", nargs="+", type=Path, metavar="FIGURE")
    parser.add_argument(
        "--fonts",
        type=Path,
        default=Path("styles/fonts"),
        metavar="DIR",
        help="where the fonts lie (default: styles/fonts)",
    )
    return parser
