"""Arguments, exit codes and messages; no kernel is needed."""

import json
from pathlib import Path

import pytest
from notebook_writer import KERNEL, code, run, write


def test_unknown_kernel_names_the_next_step(tmp_path: Path) -> None:
    notebook = write(tmp_path / "any.ipynb", code("one", "1"))
    report = run("--kernel", "no-such-kernel", notebook)
    assert report.exit_code == 2
    assert len(report.stderr.splitlines()) == 1
    assert "no kernel `no-such-kernel`" in report.stderr
    assert "cargo lab setup" in report.stderr
    assert KERNEL in report.stderr


def install_kernel(folder: Path, name: str, *argv: str) -> None:
    """Writes a kernelspec that is found through JUPYTER_PATH."""
    spec = folder / "kernels" / name / "kernel.json"
    spec.parent.mkdir(parents=True)
    content = {"argv": [*argv], "display_name": name, "language": "rust"}
    spec.write_text(json.dumps(content))


def test_kernel_without_binary_names_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_kernel(tmp_path, "absent", str(tmp_path / "no-such-binary"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = write(tmp_path / "any.ipynb", code("one", "1"))
    report = run("--kernel", "absent", notebook)
    assert report.exit_code == 2
    assert len(report.stderr.splitlines()) == 1
    assert "no-such-binary" in report.stderr
    assert "cargo lab setup" in report.stderr


def test_kernel_that_ends_at_once_shows_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_kernel(tmp_path, "short", "sh", "-c", "echo no luck today; exit 1")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = write(tmp_path / "any.ipynb", code("one", "1"))
    report = run("--kernel", "short", notebook)
    assert report.exit_code == 2
    assert "cargo lab setup" in report.stderr.splitlines()[0]
    assert "no luck today" in report.stderr


def test_missing_notebook_is_named(tmp_path: Path) -> None:
    report = run("--kernel", KERNEL, tmp_path / "01-nothing.ipynb")
    assert report.exit_code == 2
    assert len(report.stderr.splitlines()) == 1
    assert "no such notebook" in report.stderr
    assert "01-nothing.ipynb" in report.stderr


def test_broken_notebook_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{ this is no JSON")
    report = run("--kernel", KERNEL, broken)
    assert report.exit_code == 2
    assert "broken.ipynb is not a notebook" in report.stderr


def test_limit_of_zero_is_refused(tmp_path: Path) -> None:
    report = run("--timeout", "0", tmp_path / "any.ipynb")
    assert report.exit_code == 2
    assert "must be above zero" in report.stderr
