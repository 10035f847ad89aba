"""Arguments and exit codes."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from export_lessons import chromium
from export_lessons.handout import gather
from export_lessons.site import Site, replace

EXPORTED, FAILED, INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Exports the named lessons; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _export(options)
    except KeyboardInterrupt:
        _complain(f"interrupted; {options.site} stays as it was")
        return INTERRUPTED


def _export(options: argparse.Namespace) -> int:
    lessons = gather(options.notebooks, options.executed, options.failed)
    missing = [lesson for lesson in lessons if not lesson.is_executed]
    for lesson in missing:
        stem = lesson.handouts[0].stem
        _complain(f"{stem} is left out: it was not executed to its end")
    if len(missing) == len(lessons):
        _complain(f"nothing to export; {options.site} stays as it was")
        return FAILED

    browser = chromium.find()
    if browser is None:
        _say(f"no PDFs: {chromium.why_none()}")
    options.site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=options.site.parent, prefix=".site-"
    ) as folder:
        staging = Path(folder) / "site"
        staging.mkdir()
        site = Site(lessons, options.repository, staging, _say)
        site.write(browser)
        replace(options.site, staging)
    for problem in site.problems:
        _complain(problem)
    _say(f"open {(options.site / 'index.html').resolve().as_uri()}")
    return FAILED if missing or site.problems else EXPORTED


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str) -> None:
    print(f"error: {text}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m export_lessons",
        description="Make a site of pages, decks and PDFs from executed notebooks.",
    )
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument(
        "--executed",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the executed copies lie, under the same names",
    )
    parser.add_argument(
        "--failed",
        action="append",
        default=[],
        metavar="STEM",
        help="a lesson whose execution failed; it is named, not shown",
    )
    parser.add_argument("--site", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--repository",
        type=Path,
        default=Path.cwd(),
        metavar="DIR",
        help="where pics/ and styles/ lie (default: the working directory)",
    )
    return parser
