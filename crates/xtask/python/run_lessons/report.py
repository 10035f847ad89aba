"""What the person sees afterwards, and the executed copies."""

import copy
import textwrap
from collections.abc import Iterable
from pathlib import Path

import nbformat

from run_lessons.notebook import Notebook
from run_lessons.results import NotebookResult
from run_lessons.verdict import Failure

TEXT_LINES = 15
FULL_BLOCKS = 8
"""Failures of one notebook shown with their text; later ones often follow."""


def describe(
    result: NotebookResult, kernel_name: str, verbose: bool = False
) -> list[str]:
    """One block per failure: notebook, cell, reason and the text that shows it."""
    cells = sorted(result.failures, key=lambda cell: cell.number)
    failures = [(str(cell), result.failures[cell]) for cell in cells]
    failures += [("after the last cell", failure) for failure in result.after]
    blocks = []
    for index, (where, failure) in enumerate(failures):
        head = f"FAILED {result.notebook.path} [{kernel_name}], {where}: {failure.reason}"
        text = _excerpt(failure) if verbose or index < FULL_BLOCKS else ""
        blocks.append(f"{head}\n{textwrap.indent(text, '    ')}".rstrip())
    for reason, number in result.not_run_reasons().items():
        count = "1 cell" if number == 1 else f"{number} cells"
        blocks.append(f"{count} of {result.notebook.path} not run: {reason}")
    return blocks


def summary(results: Iterable[NotebookResult]) -> str:
    """The closing line; the unit is a notebook on a kernel."""
    verdicts = [result.ok for result in results]
    return f"{verdicts.count(True)} passed, {verdicts.count(False)} failed"


def keep_outputs(result: NotebookResult, folder: Path) -> Path:
    """Writes the notebook with outputs and execution counts; the original stays."""
    executed = copy.deepcopy(result.notebook.node)
    for cell, execution in result.executions.items():
        node = executed.cells[cell.number - 1]
        node.outputs = execution.outputs
        node.execution_count = execution.count
        for output in node.outputs:
            if output.output_type == "execute_result":
                output.execution_count = execution.count
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _file_name(result.notebook)
    nbformat.write(executed, target)  # type: ignore[no-untyped-call]
    return target


def _file_name(notebook: Notebook) -> str:
    return f"{notebook.name}.ipynb"


def _excerpt(failure: Failure) -> str:
    lines = failure.text.strip("\n").splitlines()
    if len(lines) > TEXT_LINES:
        rest = f"… {len(lines) - TEXT_LINES} more lines"
        lines = [*lines[:TEXT_LINES], rest]
    return "\n".join(lines)
