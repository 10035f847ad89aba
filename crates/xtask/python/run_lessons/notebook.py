"""A notebook file as the list of cells to execute."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from run_lessons.places import CORE, EXTRA, Place, places_of

DEPENDENCY_LIMIT = 240.0
"""Seconds for the first `:dep` cell: it may compile a crate."""

ENDINGS = ("close", "interrupt")

ALL_TRACKS = "all"
TRACKS = (ALL_TRACKS, CORE)
"""What of a notebook to execute."""

LEFT_OUT = EXTRA
"""Why a cell is skipped that is not on the track to execute."""


class UnreadableNotebook(Exception):
    """The file is missing or is no notebook."""


@dataclass(eq=False)
class Cell:
    """One code cell and what its metadata announces."""

    node: NotebookNode
    number: int
    """Position among all cells of the notebook, from 1."""
    id: str
    source: str
    limit: float
    place: Place
    tags: list[str] = field(default_factory=list)
    expect: str | None = None
    serve: str | None = None
    ends: str = "close"
    client_of: str | None = None
    exercise: str | None = None
    solution: str | None = None
    adds_dependency: bool = False
    skip: str | None = None
    """Why the cell is not executed."""
    problem: str | None = None
    """What is wrong with its metadata; such a cell fails without being run."""

    def __str__(self) -> str:
        return f"cell `{self.id}` (#{self.number})"


@dataclass(eq=False)
class Notebook:
    """A notebook and its code cells in the order of execution."""

    path: Path
    node: NotebookNode
    cells: list[Cell]
    places: list[Place]
    """Where its cells stand, those without code included."""

    @property
    def name(self) -> str:
        """The file name without its extension."""
        return self.path.stem


def read(path: Path, default_limit: float, track: str = ALL_TRACKS) -> Notebook:
    """Reads a notebook; on the track `core` all other cells are to be skipped.

    Raises `UnreadableNotebook` with the reason.
    """
    try:
        node = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except FileNotFoundError:
        raise UnreadableNotebook(f"no such notebook: {path}") from None
    except Exception as error:  # nbformat has no common base for its errors
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableNotebook(f"{path} is not a notebook: {reason}") from error
    places = places_of(node.cells)
    cells = [
        _cell(cell, number, place, default_limit)
        for number, (cell, place) in enumerate(
            zip(node.cells, places, strict=True), start=1
        )
        if cell.cell_type == "code" and cell.source.strip()
    ]
    _extend_limit_of_first_dependency(cells)
    ordered = _with_solutions(cells)
    if track == CORE:
        _leave_out_extras(ordered)
    return Notebook(path, node, ordered, places)


def _cell(
    node: NotebookNode, number: int, place: Place, default_limit: float
) -> Cell:
    tags = list(node.metadata.get("tags", []))
    cell = Cell(
        node=node,
        number=number,
        id=node.get("id", f"number-{number}"),
        source=node.source,
        limit=default_limit,
        place=place,
        tags=tags,
        adds_dependency=re.search(r"^\s*:dep\b", node.source, re.MULTILINE) is not None,
        skip="tag skip-execution" if "skip-execution" in tags else None,
    )
    netlab = node.metadata.get("netlab", {})
    for key in ("expect", "serve", "ends", "client_of", "exercise", "solution"):
        if key in netlab:
            _take_text(cell, key, netlab[key])
    if "limit" in netlab:
        limit = netlab["limit"]
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit <= 0:
            cell.problem = f"netlab.limit must be seconds above zero, not {limit!r}"
        else:
            cell.limit = float(limit)
    if cell.ends not in ENDINGS:
        cell.problem = (
            f"netlab.ends must be one of {', '.join(ENDINGS)}, not `{cell.ends}`"
        )
    return cell


def _take_text(cell: Cell, key: str, value: Any) -> None:
    if isinstance(value, str) and value:
        setattr(cell, key, value)
    else:
        cell.problem = f"netlab.{key} must be a text, not {value!r}"


def _extend_limit_of_first_dependency(cells: list[Cell]) -> None:
    first = next((cell for cell in cells if cell.adds_dependency), None)
    if first is not None and "limit" not in first.node.metadata.get("netlab", {}):
        first.limit = max(first.limit, DEPENDENCY_LIMIT)


def _with_solutions(cells: list[Cell]) -> list[Cell]:
    """Puts the solutions in the place of the `todo!()` they replace."""
    solutions: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.solution is not None:
            solutions.setdefault(cell.solution, []).append(cell)
    exercises = {cell.exercise for cell in cells}
    open_ones = {cell.exercise for cell in cells if "todo!(" in cell.source}
    ordered: list[Cell] = []
    for cell in cells:
        if cell.solution is not None:
            if cell.solution not in exercises:
                cell.problem = f"there is no exercise `{cell.solution}` to solve"
            if cell.solution not in open_ones:
                ordered.append(cell)
        elif cell.exercise in solutions and "todo!(" in cell.source:
            cell.skip = f"replaced by the solution of `{cell.exercise}`"
            ordered.append(cell)
            for solution in solutions[cell.exercise]:
                solution.skip = None
                # It stands where the exercise stands.
                solution.place = cell.place
                ordered.append(solution)
            solutions[cell.exercise] = []  # They are placed.
        else:
            ordered.append(cell)
    return ordered


def _leave_out_extras(cells: list[Cell]) -> None:
    for cell in cells:
        if cell.place.track != CORE:
            cell.skip = LEFT_OUT
