"""The core of a lesson alone, on a kernel: two notebooks, and how long they took."""

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from notebook_writer import KERNEL, Report, code, on, prose, run, run_verbose, write

SLEEP_MS = 1500
PLACE = 'std::path::PathBuf::from(std::env::var("NETLAB_RENDEZVOUS").unwrap())'
WAIT_FOR_THE_CLIENT = f"""
    while !{PLACE}.join("NAME").exists() {{
        std::thread::sleep(std::time::Duration::from_millis(10));
    }}
"""
COME = f"""
    std::thread::sleep(std::time::Duration::from_millis({SLEEP_MS}));
    std::fs::write({PLACE}.join("NAME"), "")?;
"""


def serve(name: str) -> NotebookNode:
    """The server cell of a step."""
    return code(name, WAIT_FOR_THE_CLIENT.replace("NAME", name), serve=name)


def come(name: str) -> NotebookNode:
    """The client cell of a step."""
    return code(f"come-{name}", COME.replace("NAME", name), client_of=name)


SERVER = [
    on("slide", prose("waiting", "## Waiting"), minutes=0.05),
    on("-", serve("shown")),
    on("subslide", prose("deeper", "### Deeper"), track="extra", minutes=1),
    on("-", serve("deep")),
    on("-", code("extra", 'panic!("no core cell");')),
    on("slide", prose("on", "## On"), minutes=1),
    on("-", code("goes-on", "1 + 1")),
    on("skip", code("exercise", 'panic!("no core cell");')),
]
CLIENT = [
    on("slide", prose("coming", "## Coming"), minutes=0.05),
    on("-", come("shown")),
    on("subslide", come("deep"), track="extra"),
    on("slide", code("rest", "2 + 2")),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("tracks")
    write(folder / "pair-client.ipynb", *CLIENT)
    return run_verbose("--track", "core", write(folder / "pair.ipynb", *SERVER))


def table(report: Report, notebook: str) -> dict[str, str]:
    """The lines of the table of a notebook, by their first word."""
    [block] = [
        block
        for block in report.stdout.split("\n\n")
        if re.search(rf"/{notebook}\.ipynb \[\w+.*\], how long", block.splitlines()[0])
    ]
    return {line.split()[0]: line for line in block.splitlines()[1:]}


def seconds(line: str) -> float:
    """What the cells of a section took."""
    found = re.search(r" min +([\d.]+) s", line)
    assert found, line
    return float(found[1])


def test_core_passes_without_its_extras(report: Report) -> None:
    assert report.exit_code == 0, report.stdout + report.stderr
    assert report.last_line == "2 passed, 0 failed"
    for cell in ("shown", "goes-on"):
        assert report.state("pair", cell) == "passed"
    for cell in ("come-shown", "rest"):
        assert report.state("pair-client", cell) == "passed"


def test_extra_step_and_exercise_are_left_out_and_counted(report: Report) -> None:
    for cell in ("deep", "extra", "exercise"):
        assert report.state("pair", cell) == "skipped: extra"
    assert report.state("pair-client", "come-deep") == "skipped: extra"
    assert "pair.ipynb: passed (cells: 2 passed, 3 skipped: extra; " in report.stdout
    assert "pair-client.ipynb: passed (cells: 2 passed, 1 skipped: extra; " in (
        report.stdout
    )


def test_time_of_a_client_counts_in_its_own_section(report: Report) -> None:
    took = seconds(table(report, "pair-client")["Coming"])
    assert took >= SLEEP_MS / 1000
    serving = re.search(r"cell `shown` .*: passed \(([\d.]+) s\)", report.stdout)
    assert serving
    own = seconds(table(report, "pair")["Waiting"])
    assert own <= float(serving[1]) - SLEEP_MS / 1000 + 0.1


def test_waiting_section_is_named_and_fails_nothing(report: Report) -> None:
    line = table(report, "pair-client")["section"]
    assert re.fullmatch(
        r" +section «Coming»: its cells wait \d+ s of 0\.05 minutes, "
        r"more than a third; slowest: `come-shown` \d+ s",
        line,
    )


def test_who_keeps_outputs_is_told_only_of_sections_that_wait(tmp_path: Path) -> None:
    one = 'std::thread::sleep(std::time::Duration::from_millis(700)); println!("one");'
    notebook = write(
        tmp_path / "quick.ipynb",
        on("slide", prose("quick", "## Quick"), minutes=1),
        on("-", code("two", "2")),
        on("slide", prose("slow", "## Slow"), minutes=0.01),
        on("-", code("one", one)),
    )
    said = run("--kernel", KERNEL, "--keep-outputs", tmp_path / "kept", notebook).stdout
    assert "section «Slow»: its cells wait 1 s" in said
    assert "Quick" not in said
    assert "Quick" in run("--kernel", KERNEL, notebook).stdout
