"""What the person sees while the lessons run.

On a terminal one line is rewritten in place; elsewhere every notebook gets one
line at its end. With `verbose` every cell gets a line.
"""

import shutil
import sys
import time
from typing import TextIO

from run_lessons.notebook import Cell, Notebook
from run_lessons.results import NotebookResult

_REWRITE_SECONDS = 0.2
_ERASE_LINE = "\r\x1b[2K"


class Progress:
    """Counts cells and shows how far the run is."""

    def __init__(
        self, cells: int, verbose: bool = False, stream: TextIO | None = None
    ) -> None:
        """Expects `cells` cells in all notebooks together."""
        self._cells = cells
        self._done = 0
        self._verbose = verbose
        self._stream = stream or sys.stdout
        self._in_place = self._stream.isatty()
        self._started = time.monotonic()
        self._shown = 0.0
        self._doing = ""

    def starting(self, notebook: Notebook) -> None:
        """A kernel is being started."""
        self._show(f"{notebook.name}: starting the kernel")

    def cell_started(self, notebook: Notebook, cell: Cell) -> None:
        """A cell has been submitted."""
        self._show(f"{notebook.name}: {cell}")

    def cell_done(self, notebook: Notebook, cell: Cell, result: NotebookResult) -> None:
        """The fate of a cell is known."""
        self._done += 1
        if self._verbose:
            execution = result.executions.get(cell)
            seconds = f" ({execution.seconds:.1f} s)" if execution else ""
            self._line(f"{notebook.name} {cell}: {result.states[cell]}{seconds}")

    def closing(self, notebook: Notebook) -> None:
        """The last cell has ended."""
        self._show(f"{notebook.name}: looking for leftovers")

    def notebook_done(self, result: NotebookResult) -> None:
        """The verdict on a notebook is final."""
        state = "passed" if result.ok else "FAILED"
        counts = [
            f"{number} {word}"
            for word in ("passed", "FAILED", "skipped", "skipped: extra", "not run")
            if (number := result.count(word))
        ]
        elapsed = f"{time.monotonic() - self._started:.0f} s"
        self._line(
            f"{result.notebook.path}: {state} (cells: {', '.join(counts)}; {elapsed})"
        )

    def tick(self) -> None:
        """Time passes."""
        if time.monotonic() - self._shown > _REWRITE_SECONDS:
            self._show(self._doing)

    def clear(self) -> None:
        """Takes the rewritten line away."""
        if self._in_place:
            self._stream.write(_ERASE_LINE)
            self._stream.flush()

    def _show(self, doing: str) -> None:
        self._doing = doing
        self._shown = time.monotonic()
        if not self._in_place:
            return
        elapsed = time.monotonic() - self._started
        number = min(self._done + 1, self._cells)
        text = f"cell {number} of {self._cells}, {doing}, {elapsed:.0f} s"
        columns = shutil.get_terminal_size().columns - 1
        self._stream.write(_ERASE_LINE + text[:columns])
        self._stream.flush()

    def _line(self, text: str) -> None:
        self.clear()
        print(text, file=self._stream, flush=True)
