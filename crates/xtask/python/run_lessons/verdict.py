"""Does an execution fit what its cell announces?"""

from dataclasses import dataclass

from run_lessons.execution import Execution
from run_lessons.notebook import Cell

PANIC = "panicked at"
DEATHS = "ProcessDied", "Subprocess terminated", "Subprocess didn't start"
RIGHT = "✓"
WRONG = "✗"
LAST_LINES = 5


@dataclass(frozen=True)
class Failure:
    """Why a cell failed, and the text that shows it."""

    reason: str
    text: str = ""


def judge(cell: Cell, execution: Execution) -> Failure | None:
    """Returns what is wrong, or None if all is as announced."""
    if execution.death:
        return Failure(execution.death, _whatever(execution) or execution.death_log)
    if cell.expect == "timeout":
        if execution.over_limit is not None:
            return None
        reason = f"should not have ended within {cell.limit:g} s, but did"
        return Failure(f"{reason} ({execution.seconds:.1f} s)", _whatever(execution))
    if execution.over_limit is not None:
        reason = f"over its limit of {execution.over_limit:g} s, interrupted"
        return Failure(reason, _last_words(execution))
    if cell.expect == "panic":
        return _without_panic(execution)
    if cell.expect is not None:
        return _without_error(cell.expect, execution)
    return _unexpected(cell, execution)


def _without_panic(execution: Execution) -> Failure | None:
    if _panicked(execution):
        return None
    return Failure("should have panicked, but did not", _whatever(execution))


def _without_error(expected: str, execution: Execution) -> Failure | None:
    if any(expected in text for text in execution.errors):
        return None
    if _panicked(execution):
        reason = f"should have failed with {expected}, but panicked"
        return Failure(reason, _whatever(execution))
    if execution.errors or execution.status == "error":
        reason = f"should have failed with {expected}, but failed differently"
    else:
        reason = f"should have failed with {expected}, but did not fail"
    return Failure(reason, _whatever(execution))


def _panicked(execution: Execution) -> bool:
    return any(PANIC in text for text in (execution.stderr, *execution.errors))


def _unexpected(cell: Cell, execution: Execution) -> Failure | None:
    stderr, errors, replied_error = execution.own_doing()
    if PANIC in stderr:
        return Failure("panic", stderr)
    if errors:
        return Failure(_kind_of(errors[0], cell.source), "\n".join(errors))
    if replied_error:
        return Failure("error reply without a message", stderr)
    if stderr:
        # evcxr prints the error of a failed `?` to stderr and replies "ok".
        failed = "failed `?`, or " if "?" in cell.source else ""
        return Failure(f"{failed}unexpected text on stderr", stderr)
    if execution.fault:
        return Failure(execution.fault, _whatever(execution))
    return _wrong_answer(cell, execution.said)


def _wrong_answer(cell: Cell, said: str) -> Failure | None:
    """The check of an exercise must refuse the stub and accept the solution.

    The first mark is that of the whole; a judge has one for each case below it.
    """
    marks = [mark for mark in said if mark in (RIGHT, WRONG)]
    if cell.solution is not None and marks[:1] == [WRONG]:
        return Failure("the check refuses the solution", said)
    if cell.exercise is not None and cell.solution is None and marks[:1] == [RIGHT]:
        return Failure("the check accepts an exercise that is not solved", said)
    return None


def _kind_of(error: str, source: str) -> str:
    """Names the error of a cell by how evcxr words it."""
    if PANIC in error:
        return "panic"
    if any(death in error for death in DEATHS):
        return "the process that runs the cells ended"
    if error.startswith("["):
        return f"compile error {error[1:].partition(']')[0]}"
    return "failed `?`" if "?" in source else "error"


def _last_words(execution: Execution) -> str:
    """The end of what the cell wrote before it was interrupted."""
    stderr, errors, _ = execution.own_doing()
    text = "\n".join(errors) or stderr or execution.stdout
    return "\n".join(text.splitlines()[-LAST_LINES:])


def _whatever(execution: Execution) -> str:
    """The most telling text there is."""
    return "\n".join(execution.errors) or execution.stderr or execution.stdout
