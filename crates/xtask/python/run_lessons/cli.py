"""Arguments, exit codes and the loop over the lessons."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from run_lessons.kernel_process import KernelFailedToStart
from run_lessons.lesson import find_lessons
from run_lessons.lesson_run import run_lesson
from run_lessons.notebook import ALL_TRACKS, TRACKS, UnreadableNotebook
from run_lessons.progress import Progress
from run_lessons.report import describe, keep_outputs, summary
from run_lessons.results import NotebookResult
from run_lessons.times import describe_times

PASSED, FAILED, NOT_STARTED, INTERRUPTED = 0, 1, 2, 130
CELL_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the named lessons; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end_like_a_key)
    try:
        return _run(options)
    except (UnreadableNotebook, KernelFailedToStart, NoSuchKernel) as error:
        print(f"cannot start: {_next_step(error, options.kernel)}", file=sys.stderr)
        if isinstance(error, KernelFailedToStart) and error.log:
            print(error.log, file=sys.stderr)
        return NOT_STARTED
    except KeyboardInterrupt:
        print("interrupted; the kernels have been ended", file=sys.stderr)
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    KernelSpecManager().get_kernel_spec(options.kernel)
    lessons = find_lessons(options.notebooks, options.timeout, options.track)
    cells = sum(len(book.cells) for lesson in lessons for book in lesson.notebooks)
    progress = Progress(cells, options.verbose)
    results: list[NotebookResult] = []
    try:
        for lesson in lessons:
            results += run_lesson(lesson, options.kernel, progress)
    finally:
        progress.clear()
    for result in results:
        if options.keep_outputs:
            keep_outputs(result, options.keep_outputs / options.kernel)
        for block in describe(result, options.kernel, options.verbose):
            print(f"\n{block}")
    for result in results:
        if block := describe_times(result, options.kernel, _in_full(options)):
            print(f"\n{block}")
    print(f"\n{summary(results)}")
    return PASSED if all(result.ok for result in results) else FAILED


def _in_full(options: argparse.Namespace) -> bool:
    """Whether the tables of times are wanted; not by a test or an export.

    Those run the lessons for their outputs.
    """
    if options.times is None:
        return bool(options.verbose or not options.keep_outputs)
    return bool(options.times)


def _next_step(error: Exception, kernel: str) -> str:
    """What failed, and what to do about it."""
    if isinstance(error, NoSuchKernel):
        known = ", ".join(sorted(KernelSpecManager().find_kernel_specs())) or "none"
        return f"there is no kernel `{kernel}` (known: {known}); run `cargo lab setup`"
    if isinstance(error, KernelFailedToStart):
        return f"kernel `{kernel}`: {error}; run `cargo lab setup` to install it again"
    return f"{error}; the lessons are the .ipynb files in notebooks/"


def _end_like_a_key(_number: int, _frame: object) -> None:
    """Makes the end by signal run the same cleaning as Ctrl+C, once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m run_lessons",
        description="Execute notebooks in fresh kernels and report every failure.",
    )
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--kernel", default="rust", help="kernelspec (default: rust)")
    parser.add_argument(
        "--track",
        choices=TRACKS,
        default=ALL_TRACKS,
        help="`core` leaves out extra slides and exercises (default: all)",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=CELL_SECONDS,
        metavar="SECONDS",
        help="limit of a cell without netlab.limit (default: 30)",
    )
    parser.add_argument(
        "--keep-outputs",
        type=Path,
        metavar="DIR",
        help="write executed copies to DIR/KERNEL/",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="one line per cell, and all texts"
    )
    parser.add_argument(
        "--times",
        action=argparse.BooleanOptionalAction,
        help="how long the cells of each section take; without it only where that "
        "is too long (default: the tables, unless outputs are kept)",
    )
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above zero")
    return value
