"""How long the cells of each section take, beside the minutes planned for it.

A lecturer talks while nothing runs. A section whose cells alone take more than
a third of its minutes leaves too little of them for that. Machines differ, so
this is said and fails nothing.
"""

import textwrap
from dataclasses import dataclass

from run_lessons.notebook import Cell
from run_lessons.places import CORE, Section
from run_lessons.results import NotebookResult

SHARE = 1 / 3
"""How much of a section's minutes its cells may take."""

_TITLE_WIDTH = 44


@dataclass(eq=False)
class SectionTime:
    """What the cells of a section's core slides took."""

    section: Section
    seconds: float = 0.0
    slowest: Cell | None = None
    slowest_seconds: float = 0.0

    def add(self, cell: Cell, seconds: float) -> None:
        """One more cell has run."""
        self.seconds += seconds
        if self.slowest is None or seconds > self.slowest_seconds:
            self.slowest, self.slowest_seconds = cell, seconds

    @property
    def waits_too_long(self) -> bool:
        """Whether waiting eats up the time for talking."""
        return self.seconds > SHARE * 60 * self.section.minutes > 0


def section_times(result: NotebookResult) -> list[SectionTime]:
    """The sections in their order, as far as they have minutes or cells.

    Nothing for a notebook that plans no minutes. A cell that blocked while the
    cells of the client notebook ran counts without them: they count there.
    """
    times: dict[Section, SectionTime] = {}
    for place in result.notebook.places:
        times.setdefault(place.section, SectionTime(place.section))
    for cell, execution in result.executions.items():
        if cell.place.track == CORE:
            times[cell.place.section].add(cell, execution.own_seconds)
    if not any(section.minutes for section in times):
        return []
    return [time for time in times.values() if time.section.minutes or time.slowest]


def describe_times(result: NotebookResult, kernel_name: str, in_full: bool) -> str:
    """The table, and a line for each section that waits too long.

    Not in full: those lines alone, or nothing.
    """
    times = section_times(result)
    lines = _table(times) if times and in_full else []
    lines += [_warning(time) for time in times if time.waits_too_long]
    if not lines:
        return ""
    head = f"{result.notebook.path} [{kernel_name}], how long the core cells take:"
    return "\n    ".join([head, *(line.rstrip() for line in lines)])


def _table(times: list[SectionTime]) -> list[str]:
    rows = [("section", "planned", "cells", "slowest"), *map(_row, times)]
    minutes = sum(time.section.minutes for time in times)
    seconds = sum(time.seconds for time in times)
    rows.append(("together", f"{minutes:g} min", f"{seconds:.1f} s", ""))
    widths = [max(len(text) for text in column) for column in zip(*rows, strict=True)]
    return [
        f"{title:{widths[0]}}  {planned:>{widths[1]}}  {cells:>{widths[2]}}  {slowest}"
        for title, planned, cells, slowest in rows
    ]


def _row(time: SectionTime) -> tuple[str, str, str, str]:
    title = textwrap.shorten(time.section.title, _TITLE_WIDTH, placeholder=" …")
    planned = f"{time.section.minutes:g} min"
    return title, planned, f"{time.seconds:.1f} s", _slowest(time, digits=1)


def _warning(time: SectionTime) -> str:
    minutes = f"{time.section.minutes:g} minutes"
    if time.section.minutes == 1:
        minutes = "1 minute"
    return (
        f"section «{time.section.title}»: its cells wait {time.seconds:.0f} s "
        f"of {minutes}, more than a third; slowest: {_slowest(time, digits=0)}"
    )


def _slowest(time: SectionTime, digits: int) -> str:
    if time.slowest is None:
        return ""
    return f"`{time.slowest.id}` {time.slowest_seconds:.{digits}f} s"
