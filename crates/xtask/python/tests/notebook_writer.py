"""Writes small notebooks and runs the command on them, as a person would."""

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PACKAGES = Path(__file__).resolve().parent.parent
KERNEL = os.environ.get("NETLAB_TEST_KERNEL", "rust")
WATCHDOG_SECONDS = 170


def code(id: str, source: str, *tags: str, **netlab: Any) -> NotebookNode:
    """A code cell with its metadata."""
    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if netlab:
        metadata["netlab"] = netlab
    source = textwrap.dedent(source).strip()
    return new_code_cell(source, id=id, metadata=metadata)


def prose(id: str, text: str) -> NotebookNode:
    """A cell that is only text."""
    return new_markdown_cell(text, id=id)


def on(kind: str, cell: NotebookNode, **netlab: Any) -> NotebookNode:
    """The cell with a slide type, and more of our metadata."""
    cell.metadata["slideshow"] = {"slide_type": kind}
    if netlab:
        cell.metadata["netlab"] = {**cell.metadata.get("netlab", {}), **netlab}
    return cell


def write(path: Path, *cells: NotebookNode) -> Path:
    """Writes the notebook."""
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


@dataclass
class Report:
    """What the command printed and returned."""

    exit_code: int
    stdout: str
    stderr: str

    def state(self, notebook: str, cell: str) -> str:
        """The state of a cell in verbose mode, without the seconds."""
        found = re.search(
            rf"^{notebook} cell `{cell}` \(#\d+\): (.*?)(?: \(\d+\.\d s\))?$",
            self.stdout,
            re.MULTILINE,
        )
        return found[1] if found else "not mentioned"

    def block(self, notebook: str, where: str) -> str:
        """The failure block of a cell, or of `after the last cell`."""
        blocks = [
            block
            for block in self.stdout.split("\n\n")
            if block.startswith("FAILED ")
            and f"{notebook}.ipynb" in block.splitlines()[0]
            and where in block.splitlines()[0]
        ]
        return "\n".join(blocks)

    @property
    def last_line(self) -> str:
        """The closing line."""
        return self.stdout.splitlines()[-1]


def command(*arguments: str | Path) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "run_lessons", *map(str, arguments)]


def environment() -> dict[str, str]:
    """The environment in which the command finds its package."""
    return os.environ | {"PYTHONPATH": str(PACKAGES), "PYTHONDONTWRITEBYTECODE": "1"}


def run(*arguments: str | Path) -> Report:
    """Runs the command to its end."""
    done = subprocess.run(
        command(*arguments),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=WATCHDOG_SECONDS,
    )
    return Report(done.returncode, done.stdout, done.stderr)


def run_verbose(*arguments: str | Path) -> Report:
    """Runs the command on the kernel under test, with a line for each cell."""
    return run("--kernel", KERNEL, "--verbose", *arguments)


def processes_in(folder: Path) -> list[str]:
    """The processes that work in the folder, as every kernel started there does."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and process.joinpath(
                "cwd"
            ).readlink().is_relative_to(folder):
                found.append(process.joinpath("cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def executed(folder: Path, notebook: str) -> dict[str, NotebookNode]:
    """The cells of a kept notebook by their id."""
    kept = nbformat.read(folder / KERNEL / f"{notebook}.ipynb", as_version=4)
    nbformat.validate(kept)
    return {cell.id: cell for cell in kept.cells}


def stream(cell: NotebookNode, name: str = "stdout") -> str:
    """What a kept cell wrote."""
    return "".join(
        output.text
        for output in cell.outputs
        if output.output_type == "stream" and output.name == name
    )
