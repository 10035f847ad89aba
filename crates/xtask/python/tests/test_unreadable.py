"""Notebooks that a crash or a merge has spoiled."""

import shutil
from pathlib import Path

import pytest
from lab_command import NO_BROWSER, ROOT, claims, command, in_clone, opened

LESSON = "02-concurrent-servers"
FAULTS = {
    "the file is empty": b"",
    "it is no JSON": b'{"cells": [\n',
    "a merge left its marks in it, from line 2": b"{\n<<<<<<< HEAD\n",
    "it is no text": b'{"cells": "\xd0',
    "it is JSON, but no notebook": b'{"cells": []}',
}


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The working copies of somebody who has never opened the lab."""
    done = command(tmp_path, "reset", "01", "02", "03", "04")
    assert done.returncode == 0, done.stderr
    return tmp_path / "work/notebooks"


@pytest.mark.parametrize("fault", FAULTS)
def test_deck_of_an_unreadable_copy_is_not_opened(
    tmp_path: Path, copies: Path, fault: str
) -> None:
    (copies / f"{LESSON}.ipynb").write_bytes(FAULTS[fault])
    deck = command(tmp_path, "slides", "02", NO_BROWSER)
    assert deck.returncode == 1
    assert f"{LESSON}.ipynb: your copy can't be read: {fault}" in deck.stderr
    assert "`cargo lab reset 02`" in deck.stderr
    assert claims(tmp_path) == [], "no server was started"

    reset = command(tmp_path, "reset", "02")
    assert reset.returncode == 0, reset.stderr
    [aside] = copies.glob(f"{LESSON}-*")
    assert aside.name in reset.stdout
    assert aside.read_bytes() == FAULTS[fault]
    course = ROOT / f"notebooks/{LESSON}.ipynb"
    assert (copies / course.name).read_bytes() == course.read_bytes()


def test_lab_tells_and_opens_the_rest(tmp_path: Path, copies: Path) -> None:
    (copies / f"{LESSON}.ipynb").write_bytes(b"")
    with opened(tmp_path, NO_BROWSER) as lab:
        lab.until("Ctrl+C")
        told = lab.said.index("your copy can't be read")
        assert told < lab.said.index(lab.address), "before there is an address"
        assert "`cargo lab reset 02`" in lab.said
        page = lab.json("/api/contents/Занятия.md")["content"]
        assert LESSON not in page.replace(f"`{LESSON}.ipynb` не читается", "")
        assert "notebooks/03-gil-locks.ipynb" in page

        deck = command(tmp_path, "slides", "02", NO_BROWSER)
        assert deck.returncode == 1, "in a lab that runs already, too"
        assert "`cargo lab reset 02`" in deck.stderr

        command(tmp_path, "reset", "02")
        page = lab.json("/api/contents/Занятия.md")["content"]
        assert f'"notebooks/{LESSON}.ipynb"' in page


@pytest.mark.parametrize(
    "arguments", [("run",), ("run", "02"), ("check",), ("export", "02")]
)
def test_unreadable_notebook_of_the_course_is_told_at_once(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / f"notebooks/{LESSON}.ipynb").write_text("<<<<<<< HEAD\n{}")
    done = in_clone(tmp_path, *arguments)
    assert done.returncode == 1
    assert f"notebooks/{LESSON}.ipynb can't be read: a merge left" in done.stderr
    assert f"git checkout HEAD -- notebooks/{LESSON}.ipynb" in done.stderr
    assert not (tmp_path / ".lab").exists(), "nothing was set up before"
