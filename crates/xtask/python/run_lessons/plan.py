"""The order in which the cells of one lesson run.

The server notebook leads. At a cell with `serve` the client notebook goes on
from where it stands: first its cells up to the first one of that step, while
no server blocks, then the cells of the step, while the server cell blocks.
What is left of the client notebook runs at the end.

A step whose server cell is left out, because it is extra, is left out whole.
"""

from dataclasses import dataclass, field

from run_lessons.lesson import CLIENT_SUFFIX, Lesson
from run_lessons.notebook import LEFT_OUT, Cell, Notebook


@dataclass(frozen=True)
class Alone:
    """A cell that runs while no other cell does."""

    notebook: Notebook
    cell: Cell


@dataclass(frozen=True)
class Step:
    """A server cell that blocks while client cells run."""

    name: str
    server: Cell
    clients: list[Cell] = field(default_factory=list)


Action = Alone | Step


def make_plan(lesson: Lesson) -> list[Action]:
    """Orders the cells; a step that cannot run gets a `problem` in its cells."""
    served = [cell for cell in lesson.main.cells if cell.serve and not cell.skip]
    clients = lesson.client.cells if lesson.client else []
    steps = {cell.serve for cell in served}
    _leave_out_clients(lesson, steps)
    _mark_unknown_steps(lesson, steps)
    actions: list[Action] = []
    seen: set[str] = set()
    position = 0
    for cell in lesson.main.cells:
        if cell.serve is None or cell.skip or cell.problem:
            actions.append(Alone(lesson.main, cell))
            continue
        span = _span(clients, cell.serve)
        cell.problem = _problem(lesson, cell.serve, span, position, seen)
        seen.add(cell.serve)
        if cell.problem or lesson.client is None or span is None:
            actions.append(Alone(lesson.main, cell))
            continue
        before, during = clients[position : span[0]], clients[span[0] : span[1]]
        actions += [Alone(lesson.client, client) for client in before]
        actions.append(Step(cell.serve, cell, during))
        position = span[1]
    if lesson.client:
        actions += [Alone(lesson.client, client) for client in clients[position:]]
    _mark_clients_without_server(actions)
    return actions


def _leave_out_clients(lesson: Lesson, steps: set[str | None]) -> None:
    """Who would serve them is extra, so they are."""
    served = (cell for cell in lesson.main.cells if cell.skip == LEFT_OUT)
    left_out = {cell.serve for cell in served if cell.serve} - steps
    for cell in lesson.client.cells if lesson.client else []:
        if cell.client_of in left_out:
            cell.skip = LEFT_OUT


def _span(clients: list[Cell], step: str) -> tuple[int, int] | None:
    """From the first cell of the step to behind its last one."""
    places = [
        index
        for index, cell in enumerate(clients)
        if cell.client_of == step and not cell.skip
    ]
    return (places[0], places[-1] + 1) if places else None


def _problem(
    lesson: Lesson,
    step: str,
    span: tuple[int, int] | None,
    position: int,
    seen: set[str],
) -> str | None:
    if step in seen:
        return f"the step `{step}` has a server cell already"
    if lesson.client is None:
        twin = lesson.main.name + CLIENT_SUFFIX
        return f"the step `{step}` has no clients: there is no {twin}.ipynb"
    if span is None:
        client = lesson.client
        named = any(cell.client_of == step for cell in client.cells)
        reason = f"no cell of {client.name} names it"
        if named:
            reason = f"those in {client.name} are all skipped"
        return f"the step `{step}` has no clients: {reason}"
    if span[0] < position:
        return (
            f"the clients of the step `{step}` stand among those of an earlier step: "
            "the steps must have the same order in both notebooks"
        )
    return None


def _mark_unknown_steps(lesson: Lesson, steps: set[str | None]) -> None:
    for cell in lesson.main.cells:
        if cell.client_of:
            cell.problem = "netlab.client_of belongs into the client notebook"
    for cell in lesson.client.cells if lesson.client else []:
        if cell.serve:
            cell.problem = "netlab.serve belongs into the server notebook"
        elif cell.skip != LEFT_OUT and cell.client_of and cell.client_of not in steps:
            cell.problem = (
                f"no cell of {lesson.main.name} serves the step `{cell.client_of}`"
            )


def _mark_clients_without_server(actions: list[Action]) -> None:
    """A client cell outside its own step has nobody to talk to."""
    for action in actions:
        if isinstance(action, Alone):
            cells, step = [action.cell], None
        else:
            cells, step = action.clients, action.name
        for cell in cells:
            if cell.client_of and cell.client_of != step and not cell.skip:
                cell.problem = (
                    cell.problem or f"the step `{cell.client_of}` does not run here"
                )
