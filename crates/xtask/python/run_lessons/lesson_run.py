"""Executes a plan on fresh kernels, one for each notebook of the lesson."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from run_lessons.execution import Execution
from run_lessons.kernel import Kernel
from run_lessons.kernel_process import KernelProcess
from run_lessons.leftovers import find_leftovers
from run_lessons.lesson import Lesson
from run_lessons.notebook import Cell, Notebook
from run_lessons.plan import Alone, Step, make_plan
from run_lessons.progress import Progress
from run_lessons.results import NotebookResult
from run_lessons.verdict import Failure, judge

RENDEZVOUS = "NETLAB_RENDEZVOUS"


def run_lesson(
    lesson: Lesson, kernel_name: str, progress: Progress
) -> list[NotebookResult]:
    """Runs the lesson; raises `KernelFailedToStart` if there is no kernel."""
    actions = make_plan(lesson)
    results = {notebook: NotebookResult(notebook) for notebook in lesson.notebooks}
    with _kernels(lesson, kernel_name, progress) as kernels:
        run = _LessonRun(results, kernels, progress)
        for action in actions:
            if isinstance(action, Step):
                assert lesson.client is not None
                run.run_step(lesson.main, lesson.client, action)
            else:
                run.run_alone(action)
        for notebook, kernel in kernels.items():
            run.close(notebook, kernel)
    return list(results.values())


@contextlib.contextmanager
def _kernels(
    lesson: Lesson, kernel_name: str, progress: Progress
) -> Iterator[dict[Notebook, Kernel]]:
    """Starts the kernels side by side; none of them survives the block."""
    with (
        tempfile.TemporaryDirectory(
            prefix="netlab-run-", ignore_cleanup_errors=True
        ) as folder,
        contextlib.ExitStack() as stack,
    ):
        rendezvous = Path(folder, "rendezvous")
        rendezvous.mkdir(mode=0o700)
        processes = {}
        for notebook in lesson.notebooks:
            room = Path(folder, notebook.name)
            # A killed kernel leaves its build directory in TMPDIR.
            room.joinpath("tmp").mkdir(parents=True)
            variables = {RENDEZVOUS: str(rendezvous), "TMPDIR": str(room / "tmp")}
            directory = notebook.path.resolve().parent
            process = KernelProcess(kernel_name, directory, room, variables)
            stack.callback(process.shut_down, now=True)
            processes[notebook] = process
        kernels = {}
        for notebook, process in processes.items():
            progress.starting(notebook)
            kernels[notebook] = Kernel(process, progress.tick)
            stack.callback(kernels[notebook].shut_down, now=True)
        yield kernels


class _LessonRun:
    """Runs cells on the kernels of one lesson and keeps the results."""

    def __init__(
        self,
        results: dict[Notebook, NotebookResult],
        kernels: dict[Notebook, Kernel],
        progress: Progress,
    ) -> None:
        self._results = results
        self._kernels = kernels
        self._progress = progress

    def run_alone(self, action: Alone) -> None:
        """Runs a cell that no other one accompanies."""
        self._run(action.notebook, action.cell)

    def run_step(self, server: Notebook, client: Notebook, step: Step) -> None:
        """Runs the cells of a step while its server cell blocks."""
        kernel = self._kernels[server]
        if stopped := self._results[client].stopped:
            self._give_up(server, [step.server], f"in {client.name}, {stopped}")
            self._give_up(client, step.clients, stopped)
            return
        serving = self._start(server, step.server)
        if serving is None:
            reason = f"in {server.name}, {step.server} did not run"
            self._give_up(client, step.clients, reason)
            return
        kernel.wait_until_blocked(serving)
        began = time.monotonic()
        for index, cell in enumerate(step.clients):
            if not self._run(client, cell, beside=kernel):
                rest = step.clients[index + 1 :]
                self._give_up(client, rest, f"{cell} of the same step failed")
                self._break_off(client, cell, kernel, serving)
                break
        else:
            served_until = serving.ended or time.monotonic()
            serving.beside = max(0.0, served_until - began)
            self._end_step(kernel, serving, step.server)
        self._finish(server, step.server, serving)

    def close(self, notebook: Notebook, kernel: Kernel) -> None:
        """Looks for leftovers and ends the kernel."""
        result = self._results[notebook]
        self._progress.closing(notebook)
        if kernel.alive:
            kernel.settle()
            result.after += find_leftovers(kernel.process)
            survivors = kernel.shut_down()
            if survivors:
                reason = "still running after the shutdown of the kernel"
                result.after.append(Failure(reason, "\n".join(survivors)))
        result.judge_again()
        self._progress.notebook_done(result)

    def _run(self, notebook: Notebook, cell: Cell, beside: Kernel | None = None) -> bool:
        """Runs a cell to its end; False if it failed."""
        execution = self._start(notebook, cell)
        if execution is not None:
            kernel = self._kernels[notebook]
            others = [beside] if beside else []
            if not kernel.wait(execution, cell.limit, others) and not execution.death:
                execution.over_limit = cell.limit
                kernel.interrupt(execution)
            self._finish(notebook, cell, execution)
        return self._results[notebook].failure_of(cell) is None

    def _start(self, notebook: Notebook, cell: Cell) -> Execution | None:
        """Submits the cell, unless something speaks against it."""
        result = self._results[notebook]
        if cell.problem:
            result.fail(cell, Failure(cell.problem))
        elif cell.skip:
            result.skip(cell, cell.skip)
        elif result.stopped:
            result.not_run(cell, result.stopped)
        else:
            self._progress.cell_started(notebook, cell)
            execution = self._kernels[notebook].submit(cell.source)
            result.executions[cell] = execution
            return execution
        self._progress.cell_done(notebook, cell, result)
        return None

    def _finish(self, notebook: Notebook, cell: Cell, execution: Execution) -> None:
        """Judges an execution that has ended."""
        self._kernels[notebook].settle()
        result = self._results[notebook]
        failure = judge(cell, execution)
        if failure:
            result.fail(cell, failure)
        elif execution.broken_off:
            result.not_run(cell, execution.broken_off)
        else:
            result.passed(cell)
        if execution.death:
            result.stopped = f"the kernel is gone since {cell}"
        elif failure and cell.adds_dependency:
            result.stopped = f"the dependency of {cell} is missing"
        self._progress.cell_done(notebook, cell, result)

    def _end_step(self, kernel: Kernel, serving: Execution, cell: Cell) -> None:
        """Sees that the server cell ends in the way it announces."""
        if cell.ends == "interrupt":
            kernel.wait_until_blocked(serving)
            # Its last steps may look like waiting, and it may end while the
            # interrupt is on its way; only the reply tells who was first.
            if not serving.death:
                kernel.interrupt(serving)
            if serving.status == "ok":
                serving.fault = "ended by itself, before the interrupt it announces"
        elif not kernel.wait(serving, cell.limit) and not serving.death:
            serving.over_limit = cell.limit
            kernel.interrupt(serving)

    def _break_off(
        self, client: Notebook, cell: Cell, kernel: Kernel, serving: Execution
    ) -> None:
        """Frees a server cell whose clients have failed."""
        if not serving.done and not serving.death:
            kernel.interrupt(serving)
            serving.broken_off = f"interrupted, because in {client.name} {cell} failed"
            self._results[client].note(cell, "the server cell was interrupted then")

    def _give_up(self, notebook: Notebook, cells: list[Cell], reason: str) -> None:
        for cell in cells:
            self._results[notebook].not_run(cell, reason)
            self._progress.cell_done(notebook, cell, self._results[notebook])
