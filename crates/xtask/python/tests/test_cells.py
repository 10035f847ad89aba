"""One notebook with every way in which a single cell can pass or fail."""

from pathlib import Path

import pytest
from notebook_writer import (
    Report,
    code,
    executed,
    processes_in,
    prose,
    run_verbose,
    stream,
    write,
)

MOVED = 'let a = String::new(); drop(a); println!("{a}");'
ENDLESS = "loop { std::hint::spin_loop(); }"
LINES = 300

CELLS = [
    prose("heading", "# Ways to fail"),
    code("fine", 'let answer = 6 * 7; println!("answer {answer}");'),
    code("compile-error", 'let number: u32 = "x";'),
    code("panic", 'panic!("boom");'),
    code("thread-panic", 'std::thread::spawn(|| panic!("inner")).join().is_err()'),
    code("question-mark", 'let first: u32 = "x".parse()?;'),
    code("question-mark-again", 'let second: u32 = "x".parse()?;'),
    code("stderr", 'eprintln!("a warning");'),
    code("stderr-half-line", 'eprint!("half a line");'),
    code("stderr-empty-line", "eprintln!();"),
    code("moved", MOVED, "raises-exception", expect="E0382"),
    code("not-moved", "let fine = 1;", "raises-exception", expect="E0382"),
    code("other-error", 'let number: u32 = "x";', expect="E0382"),
    code("panic-not-error", 'panic!("boom");', expect="E0382"),
    code("error-unannounced", MOVED, "raises-exception"),
    code("panic-announced", 'panic!("on purpose");', expect="panic"),
    code("panic-missing", "let calm = 1;", expect="panic"),
    code("endless", ENDLESS, limit=1),
    code("endless-announced", ENDLESS, expect="timeout", limit=1),
    code("ends-unexpectedly", "let quick = 1;", expect="timeout", limit=10),
    code("exit", "std::process::exit(3);"),
    code("abort", "std::process::abort();"),
    code("skipped", 'panic!("never");', "skip-execution"),
    code("bad-limit", 'panic!("never");', limit=0),
    code("bad-expect", 'panic!("never");', expect=382),
    code("exercise", "fn twice(x: u32) -> u32 { todo!() }", exercise="twice"),
    code("exercise-check", "assert_eq!(twice(3), 6);"),
    code("solution", "fn twice(x: u32) -> u32 { 2 * x }", solution="twice"),
    code("unsolved", "todo!();", exercise="other"),
    code("stray-solution", "let s = 1;", solution="nothing"),
    code("stub-refused", 'println!("✗");', exercise="judged"),
    code("stub-accepted", 'println!("✓");', exercise="judged"),
    code("solution-accepted", 'println!("✓");', solution="judged"),
    code("solution-refused", 'println!("✗");', solution="judged"),
    code("stub-refused-by-a-value", '"✗ 1 of 2: ✓ first"', exercise="judged"),
    code("solution-refused-by-a-value", '"✗ 1 of 2: ✓ first"', solution="judged"),
    code("solution-accepted-by-a-value", '"✓ 2 of 2"', solution="judged"),
    code(
        "many-lines",
        f'for i in 0..{LINES} {{ eprintln!("line {{i}}"); }}',
        expect="panic",
    ),
    code("still-here", 'println!("still here");'),
]

FATES = {
    "fine": "passed",
    "compile-error": "FAILED: compile error E0308",
    "panic": "FAILED: panic",
    "thread-panic": "FAILED: panic",
    "question-mark": "FAILED: failed `?`",
    "question-mark-again": "FAILED: failed `?`",
    "stderr": "FAILED: unexpected text on stderr",
    "stderr-half-line": "FAILED: unexpected text on stderr",
    "stderr-empty-line": "FAILED: unexpected text on stderr",
    "moved": "passed",
    "not-moved": "FAILED: should have failed with E0382, but did not fail",
    "other-error": "FAILED: should have failed with E0382, but failed differently",
    "panic-not-error": "FAILED: should have failed with E0382, but panicked",
    "error-unannounced": "FAILED: compile error E0382",
    "panic-announced": "passed",
    "panic-missing": "FAILED: should have panicked, but did not",
    "endless": "FAILED: over its limit of 1 s, interrupted",
    "endless-announced": "passed",
    "exit": "FAILED: the process that runs the cells ended",
    "abort": "FAILED: the process that runs the cells ended",
    "skipped": "skipped: tag skip-execution",
    "bad-limit": "FAILED: netlab.limit must be seconds above zero, not 0",
    "bad-expect": "FAILED: netlab.expect must be a text, not 382",
    "exercise": "skipped: replaced by the solution of `twice`",
    "exercise-check": "passed",
    "solution": "passed",
    "unsolved": "FAILED: panic",
    "stray-solution": "FAILED: there is no exercise `nothing` to solve",
    "stub-refused": "passed",
    "stub-accepted": "FAILED: the check accepts an exercise that is not solved",
    "solution-accepted": "passed",
    "solution-refused": "FAILED: the check refuses the solution",
    "stub-refused-by-a-value": "passed",
    "solution-refused-by-a-value": "FAILED: the check refuses the solution",
    "solution-accepted-by-a-value": "passed",
    "still-here": "passed",
}

TEXTS = {
    "compile-error": "mismatched types",
    "panic": "boom",
    "thread-panic": "inner",
    "question-mark": "invalid digit found in string",
    "question-mark-again": "invalid digit found in string",
    "stderr": "a warning",
    "stderr-half-line": "half a line",
    "other-error": "E0308",
    "exit": "код возврата 3",
    "abort": "SIGABRT",
    "unsolved": "not yet implemented",
    "many-lines": "more lines",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cells")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    notebook = write(folder / "cells.ipynb", *CELLS)
    return run_verbose("--keep-outputs", folder / "kept", notebook)


@pytest.mark.parametrize("cell", FATES)
def test_cell_has_expected_fate(report: Report, cell: str) -> None:
    assert report.state("cells", cell) == FATES[cell]


@pytest.mark.parametrize("cell", TEXTS)
def test_failure_shows_telling_text(report: Report, cell: str) -> None:
    assert TEXTS[cell] in report.block("cells", f"`{cell}`")


def test_cell_that_should_time_out_but_ends_fails(report: Report) -> None:
    state = report.state("cells", "ends-unexpectedly")
    assert state.startswith("FAILED: should not have ended within 10 s")


def test_long_texts_are_cut(report: Report) -> None:
    block = report.block("cells", "`many-lines`")
    assert len(block.splitlines()) == 1 + 15 + 1


def test_one_failed_notebook_is_counted(report: Report) -> None:
    assert report.exit_code == 1, report.stderr
    assert report.last_line == "0 passed, 1 failed"


def test_all_lines_of_stderr_arrive(report: Report, folder: Path) -> None:
    cell = executed(folder / "kept", "cells")["many-lines"]
    expected = "".join(f"line {i}\n" for i in range(LINES))
    assert stream(cell, "stderr") == expected


def test_kept_copy_has_outputs_and_counts(report: Report, folder: Path) -> None:
    cells = executed(folder / "kept", "cells")
    assert stream(cells["fine"]) == "answer 42\n"
    assert cells["fine"].execution_count > 0
    assert cells["compile-error"].outputs[0].output_type == "error"
    assert cells["skipped"].execution_count is None
    assert not any("netlab-run" in str(cell) for cell in cells.values())


def test_original_keeps_its_bytes(report: Report, folder: Path) -> None:
    assert '"execution_count": null' in (folder / "cells.ipynb").read_text()


def test_no_process_is_left(report: Report, folder: Path) -> None:
    assert processes_in(folder) == []
