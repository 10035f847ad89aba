"""Which cells run in which order; no kernel is needed."""

from pathlib import Path

from nbformat import NotebookNode
from notebook_writer import code, on, prose, write

from run_lessons.lesson import Lesson, find_lessons
from run_lessons.plan import Step, make_plan


def lesson(
    folder: Path,
    server: list[NotebookNode],
    client: list[NotebookNode],
    track: str = "all",
) -> Lesson:
    """A lesson of two notebooks."""
    write(folder / "a-client.ipynb", *client)
    return find_lessons([write(folder / "a.ipynb", *server)], 30, track)[0]


def order(lesson: Lesson) -> list[str]:
    """The ids in the order of the plan; a step stands in parentheses."""
    return [
        f"({action.server.id}: {' '.join(cell.id for cell in action.clients)})"
        if isinstance(action, Step)
        else action.cell.id
        for action in make_plan(lesson)
    ]


def problems(lesson: Lesson) -> dict[str, str]:
    """The problems of all cells."""
    make_plan(lesson)
    cells = [cell for book in lesson.notebooks for cell in book.cells]
    return {cell.id: cell.problem for cell in cells if cell.problem}


def test_client_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    server = [
        prose("text", "# Title"),
        code("s1", "1"),
        code("s2", "1", serve="one"),
        code("s3", "1"),
        code("s4", "1", serve="two"),
        code("s5", "1"),
    ]
    client = [
        code("c1", "1"),
        code("c2", "1", client_of="one"),
        code("c3", "1"),
        code("c4", "1", client_of="one"),
        code("c5", "1"),
        code("c6", "1", client_of="two"),
        code("c7", "1"),
    ]
    both = lesson(tmp_path, server, client)
    assert problems(both) == {}
    assert order(both) == [
        *("s1", "c1", "(s2: c2 c3 c4)", "s3", "c5", "(s4: c6)", "s5", "c7")
    ]


def test_steps_in_another_order_are_a_problem(tmp_path: Path) -> None:
    server = [code("s1", "1", serve="one"), code("s2", "1", serve="two")]
    client = [code("c1", "1", client_of="two"), code("c2", "1", client_of="one")]
    found = problems(lesson(tmp_path, server, client))
    assert "same order in both notebooks" in found["s2"]
    assert found["c1"] == "the step `two` does not run here"
    assert "c2" not in found


def test_step_served_twice_is_a_problem(tmp_path: Path) -> None:
    server = [code("s1", "1", serve="one"), code("s2", "1", serve="one")]
    client = [code("c1", "1", client_of="one")]
    assert "already" in problems(lesson(tmp_path, server, client))["s2"]


def test_server_without_client_notebook_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path / "b.ipynb", code("s1", "1", serve="one"))
    found = problems(find_lessons([path], 30)[0])
    assert found == {"s1": "the step `one` has no clients: there is no b-client.ipynb"}


def test_roles_belong_to_their_notebook(tmp_path: Path) -> None:
    server = [code("s1", "1", client_of="one")]
    client = [code("c1", "1", serve="one")]
    found = problems(lesson(tmp_path, server, client))
    assert "belongs into the client notebook" in found["s1"]
    assert "belongs into the server notebook" in found["c1"]


def test_client_notebook_without_server_is_a_lesson(tmp_path: Path) -> None:
    path = write(tmp_path / "lonely-client.ipynb", code("c1", "1"))
    [found] = find_lessons([path, path], 30)
    assert found.main.name == "lonely-client"
    assert found.client is None


def running(folder: Path, *cells: NotebookNode, track: str = "all") -> list[str]:
    """The ids of the cells that run, in their order."""
    [found] = find_lessons([write(folder / "x.ipynb", *cells)], 30, track)
    return [cell.id for cell in found.main.cells if not cell.skip]


def test_solution_runs_in_place_of_todo(tmp_path: Path) -> None:
    assert running(
        tmp_path,
        code("exercise", "todo!()", exercise="x"),
        code("more", "todo!()", exercise="x"),
        code("check", "1", exercise="x"),
        code("solution", "1", "skip-execution", solution="x"),
        code("solution-more", "1", solution="x"),
        code("end", "1"),
    ) == ["solution", "solution-more", "check", "end"]


def test_exercise_without_todo_runs_before_its_solution(tmp_path: Path) -> None:
    assert running(
        tmp_path,
        code("exercise", "1", exercise="x"),
        code("check", "1", exercise="x"),
        code("solution", "1", solution="x"),
    ) == ["exercise", "check", "solution"]


def test_first_dependency_has_a_longer_limit(tmp_path: Path) -> None:
    cells = [
        code("first", ':dep netlab = { path = "x" }'),
        code("second", ':dep other = { path = "x" }'),
        code("own", "1", limit=7),
    ]
    [found] = find_lessons([write(tmp_path / "x.ipynb", *cells)], 20)
    assert [cell.limit for cell in found.main.cells] == [240, 20, 7]


def skipped(lesson: Lesson) -> dict[str, str]:
    """Why cells are skipped."""
    make_plan(lesson)
    cells = [cell for book in lesson.notebooks for cell in book.cells]
    return {cell.id: cell.skip for cell in cells if cell.skip}


TRACKS = [
    on("slide", prose("title", "# Title")),
    on("-", code("core", "1")),
    on("subslide", prose("deeper", "### Deeper"), track="extra"),
    on("-", code("extra", "1")),
    on("fragment", code("extra-too", "1")),
    on("-", code("needed", "1", "setup")),
    on("subslide", code("below-but-core", "1")),
    on("slide", code("core-again", "1"), track="core"),
    on("skip", code("exercise", "todo!()", exercise="x")),
    on("skip", code("check", "1", exercise="x")),
    on("skip", code("solution", "1", "skip-execution", solution="x")),
]


def test_core_is_what_the_lecturer_shows_and_the_setup(tmp_path: Path) -> None:
    assert running(tmp_path, *TRACKS, track="core") == [
        *("core", "needed", "below-but-core", "core-again")
    ]


def test_both_tracks_are_all_cells(tmp_path: Path) -> None:
    assert running(tmp_path, *TRACKS) == [
        *("core", "extra", "extra-too", "needed", "below-but-core", "core-again"),
        *("solution", "check"),
    ]


def test_notebook_without_slides_is_core(tmp_path: Path) -> None:
    cells = [code("one", "1"), code("two", "1")]
    assert running(tmp_path, *cells, track="core") == ["one", "two"]


def test_solution_of_an_exercise_on_a_core_slide_is_core(tmp_path: Path) -> None:
    assert running(
        tmp_path,
        on("slide", code("exercise", "todo!()", exercise="x")),
        on("-", code("check", "1", exercise="x")),
        on("skip", code("solution", "1", "skip-execution", solution="x")),
        track="core",
    ) == ["solution", "check"]


def test_step_on_an_extra_slide_is_left_out_with_its_clients(tmp_path: Path) -> None:
    server = [
        on("slide", code("s1", "1", serve="one")),
        on("subslide", code("s2", "1", serve="two"), track="extra"),
        on("slide", code("s3", "1", serve="three")),
    ]
    client = [
        on("slide", code("c1", "1", client_of="one")),
        on("subslide", code("c2", "1"), track="extra"),
        on("-", code("c3", "1", client_of="two")),
        # A writer may forget to say here that it is extra.
        on("slide", code("c4", "1", client_of="two")),
        on("slide", code("c5", "1", client_of="three")),
    ]
    core = lesson(tmp_path, server, client, "core")
    assert problems(core) == {}
    assert skipped(core) == dict.fromkeys(["s2", "c2", "c3", "c4"], "extra")
    assert order(core) == ["(s1: c1)", "s2", "c2", "c3", "c4", "(s3: c5)"]
    everything = lesson(tmp_path, server, client)
    assert order(everything) == ["(s1: c1)", "c2", "(s2: c3 c4)", "(s3: c5)"]
    assert skipped(everything) == {}


def test_extra_client_cells_of_a_core_step_are_left_out(tmp_path: Path) -> None:
    server = [on("slide", code("s1", "1", serve="one"))]
    client = [
        on("slide", code("c1", "1", client_of="one")),
        on("subslide", code("c2", "1", client_of="one"), track="extra"),
        on("slide", code("c3", "1", client_of="one")),
    ]
    core = lesson(tmp_path, server, client, "core")
    assert problems(core) == {}
    assert skipped(core) == {"c2": "extra"}
    assert order(core) == ["(s1: c1 c2 c3)"]


def test_core_step_with_extra_clients_alone_is_a_problem(tmp_path: Path) -> None:
    server = [on("slide", code("s1", "1", serve="one"))]
    client = [on("subslide", code("c1", "1", client_of="one"), track="extra")]
    found = problems(lesson(tmp_path, server, client, "core"))
    assert found == {
        "s1": "the step `one` has no clients: those in a-client are all skipped"
    }


def test_misspelt_step_of_a_core_client_is_a_problem_on_each_track(
    tmp_path: Path,
) -> None:
    server = [on("slide", code("s1", "1", serve="one"))]
    client = [
        on("slide", code("c1", "1", client_of="one")),
        on("slide", code("c2", "1", client_of="on")),
    ]
    for track in ("core", "all"):
        found = problems(lesson(tmp_path, server, client, track))
        assert found == {"c2": "no cell of a serves the step `on`"}
