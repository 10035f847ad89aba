"""What became of the cells of one notebook."""

from collections import Counter
from dataclasses import dataclass, field, replace

from run_lessons.execution import Execution
from run_lessons.notebook import LEFT_OUT, Cell, Notebook
from run_lessons.verdict import Failure, judge


@dataclass(eq=False)
class NotebookResult:
    """The state of every cell and what was wrong after the last one."""

    notebook: Notebook
    states: dict[Cell, str] = field(default_factory=dict)
    """`passed`, `FAILED: …`, `skipped: …` or `not run: …` (to its end)."""
    failures: dict[Cell, Failure] = field(default_factory=dict)
    executions: dict[Cell, Execution] = field(default_factory=dict)
    after: list[Failure] = field(default_factory=list)
    stopped: str | None = None
    """Why the rest of the notebook cannot run."""

    @property
    def ok(self) -> bool:
        """Whether every cell did what it should and nothing was left behind."""
        return not self.failures and not self.after and not self.not_run_reasons()

    def failure_of(self, cell: Cell) -> Failure | None:
        """What was wrong with the cell."""
        return self.failures.get(cell)

    def passed(self, cell: Cell) -> None:
        """The cell did what it announces."""
        self.states[cell] = "passed"

    def fail(self, cell: Cell, failure: Failure) -> None:
        """The cell did something else."""
        self.failures[cell] = failure
        self.states[cell] = f"FAILED: {failure.reason}"

    def skip(self, cell: Cell, reason: str) -> None:
        """The cell is not meant to run."""
        self.states[cell] = f"skipped: {reason}"

    def not_run(self, cell: Cell, reason: str) -> None:
        """The cell could not run, because of another failure."""
        self.states[cell] = f"not run: {reason}"

    def not_run_reasons(self) -> Counter[str]:
        """Why cells could not run, and how many of them."""
        parts = (state.partition(": ") for state in self.states.values())
        return Counter(reason for word, _, reason in parts if word == "not run")

    def note(self, cell: Cell, text: str) -> None:
        """Adds to the reason of a failure."""
        failure = self.failures[cell]
        self.fail(cell, replace(failure, reason=f"{failure.reason}; {text}"))

    def judge_again(self) -> None:
        """Takes in what threads wrote after the end of their cell."""
        for cell, execution in self.executions.items():
            if cell not in self.failures and (failure := judge(cell, execution)):
                self.fail(cell, failure)

    def count(self, state: str) -> int:
        """Number of cells in that state; what is left out has one of its own."""
        return sum(1 for text in self.states.values() if _state(text) == state)


def _state(text: str) -> str:
    return text if text == f"skipped: {LEFT_OUT}" else text.partition(":")[0]
