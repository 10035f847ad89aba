"""What happened, in one word, and whether that is good enough."""

import re
from dataclasses import dataclass

from torture_kernels.cases import Case
from torture_kernels.session import Outcome, Session

CELL_SECONDS = 60.0
NEXT_SECONDS = 3.0
"""How long the next cell, `1 + 1`, may take."""

_LOSS = ("variables", "переменн", "terminated", "lost")
_KEEP, _KEPT = "let keep = 41;", "keep + 1"


@dataclass(frozen=True)
class Verdict:
    """One case on one kernel."""

    case: Case
    faults: list[str]
    kept: bool
    """Whether the variables of earlier cells are there afterwards."""
    cell: Outcome
    next_seconds: float | None

    @property
    def good(self) -> bool:
        """Whether the kernel did what it should."""
        return not self.faults

    @property
    def word(self) -> str:
        """What the table says."""
        if self.faults:
            return self.faults[0]
        return "goes on" if self.kept else "variables lost, said"

    @property
    def explained(self) -> str:
        """The case, the word, and what the user saw if that is not good."""
        line = f"{self.case.name}: {self.word}"
        if self.next_seconds is not None:
            line += f", next cell {self.next_seconds:.2f} s"
        if self.good:
            return line
        cell = self.cell
        seen = f"status {cell.status} after {cell.seconds:.1f} s"
        return f"{line} ({'; '.join(self.faults)}; {seen})\n{cell.said}"


def judge(session: Session, case: Case) -> Verdict:
    """Runs the case and looks what is left; the session is usable afterwards."""
    session.run(_KEEP, CELL_SECONDS)
    if case.before:
        before = session.run(case.before, CELL_SECONDS * 5)
        if before.status != "ok":
            return Verdict(case, ["the cell before fails"], False, before, None)
    cell = session.run(case.source, CELL_SECONDS, case.action)
    after = session.run("1 + 1", NEXT_SECONDS)
    if after.status != "ok" or after.result != "2":
        # One word about the loss may come with the next cell, not an answer.
        if after.status is None:
            session.start()
            return Verdict(case, ["hangs"], False, cell, None)
        again = session.run("1 + 1", NEXT_SECONDS)
        if again.result != "2":
            session.start()
            return Verdict(case, ["hangs"], False, cell, None)
        fault = "the next cell fails"
    else:
        fault = ""
    kept = session.run(_KEPT, CELL_SECONDS).result == "42"
    told = any(word in (cell.said + after.said).lower() for word in _LOSS)
    faults = [fault] if fault else []
    if not kept and not case.may_lose:
        faults.append("variables lost" + ("" if told else ", not a word"))
    elif not kept and not told:
        faults.append("variables lost, not a word")
    faults += _of_the_cell(case, cell)
    if case.leaves:
        session.start()
    return Verdict(case, faults, kept, cell, after.seconds)


_CODE = re.compile(r"E0\d{3}|non-static lifetime|хранит ссылку")


def _of_the_cell(case: Case, cell: Outcome) -> list[str]:
    if cell.status is None:
        return ["the cell never ends"]
    # A report of the compiler quotes the cell, and so contains every word.
    if (code := _CODE.search(cell.said)) and code[0] != case.error:
        return ["the case does not compile"]
    if "interrupt" in case.action and not cell.interrupts:
        return ["the cell ends before the interrupt"]
    if case.error is None:
        if cell.status != "ok":
            return ["the cell fails"]
    elif cell.status != "error":
        return ["reported as a success"]
    elif case.error not in cell.said:
        return ["the error does not say what happened"]
    if case.stdout is not None and case.stdout not in cell.stdout:
        return ["output is missing"]
    return []
