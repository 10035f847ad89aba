"""How long the cells of a section take; no kernel is needed."""

from pathlib import Path

from nbformat import NotebookNode
from notebook_writer import code, on, prose, write

from run_lessons.execution import Execution
from run_lessons.lesson import find_lessons
from run_lessons.results import NotebookResult
from run_lessons.times import describe_times, section_times

CELLS = [
    on("slide", prose("title", "# Title"), minutes=1),
    on("slide", prose("first", "## Начало: `bind` и *accept*"), minutes=1.5),
    on("-", code("quick", "1")),
    on("subslide", prose("deeper", "## Deeper"), track="extra", minutes=8),
    on("-", code("extra", "1")),
    on("slide", prose("more", "### More"), minutes=2),
    on("-", code("slow", "1"), minutes=9),
    on("slide", prose("second", "## Words alone"), minutes=3),
    on("skip", prose("exercises", "## Exercises"), minutes=30),
    on("skip", code("exercise", "1")),
]


def result(folder: Path, *cells: NotebookNode, **seconds: float) -> NotebookResult:
    """What became of a notebook whose cells took so long."""
    [lesson] = find_lessons([write(folder / "x.ipynb", *cells)], 30)
    result = NotebookResult(lesson.main)
    for cell in lesson.main.cells:
        took = seconds.get(cell.id.replace("-", "_"), 0.0)
        result.executions[cell] = Execution(cell.id, started=1.0, ended=1.0 + took)
    return result


def lines(result: NotebookResult, in_full: bool = True) -> list[str]:
    """What is printed, line by line, with single spaces."""
    said = describe_times(result, "rust", in_full)
    return [" ".join(line.split()) for line in said.splitlines()]


def test_section_plans_its_core_slides_and_times_their_cells(tmp_path: Path) -> None:
    times = section_times(result(tmp_path, *CELLS, quick=1, extra=50, slow=2))
    found = [(time.section.title, time.section.minutes, time.seconds) for time in times]
    assert found == [
        ("Начало: bind и accept", 4.5, 3),
        ("Words alone", 3, 0),
    ]
    slowest = times[0].slowest
    assert slowest is not None and slowest.id == "slow"


def test_table_has_a_line_for_each_section_and_a_sum(tmp_path: Path) -> None:
    said = lines(result(tmp_path, *CELLS, quick=1.25, slow=20))
    assert said == [
        f"{tmp_path / 'x.ipynb'} [rust], how long the core cells take:",
        "section planned cells slowest",
        "Начало: bind и accept 4.5 min 21.2 s `slow` 20.0 s",
        "Words alone 3 min 0.0 s",
        "together 7.5 min 21.2 s",
    ]


def test_section_that_waits_more_than_a_third_is_named(tmp_path: Path) -> None:
    waiting = result(tmp_path, *CELLS, quick=51, slow=50.2)
    warning = (
        "section «Начало: bind и accept»: its cells wait 101 s of 4.5 minutes, "
        "more than a third; slowest: `quick` 51 s"
    )
    assert lines(waiting)[-1] == warning
    assert lines(waiting, in_full=False)[1:] == [warning]


def test_section_that_waits_a_third_is_not_named(tmp_path: Path) -> None:
    assert lines(result(tmp_path, *CELLS, slow=90), in_full=False) == []


def test_extra_cells_and_exercises_count_nowhere(tmp_path: Path) -> None:
    waiting = result(tmp_path, *CELLS, extra=1000, exercise=1000)
    assert lines(waiting, in_full=False) == []


def test_notebook_that_plans_no_minutes_is_not_timed(tmp_path: Path) -> None:
    assert lines(result(tmp_path, code("one", "1"), one=1000)) == []


def test_server_cell_counts_without_what_its_clients_took(tmp_path: Path) -> None:
    cells = [on("slide", code("serve", "1"), minutes=5)]
    serving = result(tmp_path, *cells, serve=100)
    for execution in serving.executions.values():
        execution.beside = 96.0
    [time] = section_times(serving)
    assert time.seconds == 4.0
