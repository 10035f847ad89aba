"""A small repository with one notebook of everything, and its site."""

import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from bs4 import BeautifulSoup
from export_lessons.cli import main
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PACKAGES = Path(__file__).resolve().parent.parent
STYLES = PACKAGES.parents[2] / "styles"
WATCHDOG_SECONDS = 170
LONG_OUTPUT = 120
TALL_OUTPUT = 28
"""A few lines more than a printed page has room for."""

PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"
 role="img" aria-label="Два столбика"><rect width="20" height="20"/></svg>"""
ERROR = (
    "\x1b[31m[E0382] Error:\x1b[0m use of moved value\n"
    "\x1b[38;5;249mgrey\x1b[0m \x1b[38;5;68mlabel\x1b[0m"
)


def prose(text: str, slide: str | None = None, **netlab: Any) -> NotebookNode:
    """A cell of text on a slide."""
    metadata = _slide(slide)
    if netlab:
        metadata["netlab"] = netlab
    return new_markdown_cell(text, metadata=metadata)


def code(
    source: str,
    *outputs: NotebookNode,
    slide: str | None = "-",
    tags: tuple[str, ...] = (),
    **netlab: Any,
) -> NotebookNode:
    """An executed cell on a slide."""
    metadata = _slide(slide)
    if tags:
        metadata["tags"] = list(tags)
    if netlab:
        metadata["netlab"] = netlab
    return new_code_cell(
        source, metadata=metadata, outputs=list(outputs), execution_count=1
    )


def _slide(kind: str | None) -> dict[str, Any]:
    return {} if kind is None else {"slideshow": {"slide_type": kind}}


def printed(text: str) -> NotebookNode:
    """What a cell wrote to its standard output."""
    return new_output("stream", name="stdout", text=text)


def shown(**data: str) -> NotebookNode:
    """A rich output; `svg` and `html` stand for their types."""
    types = {"svg": "image/svg+xml", "html": "text/html", "text": "text/plain"}
    bundle = {types[name]: content for name, content in data.items()}
    return new_output("display_data", data=bundle)


ALL_KINDS = [
    prose("Перед заголовком: пропущено.", "skip"),
    prose("# Проба\n\nЧто будет с *каждой* ячейкой?", "slide"),
    prose("## Код", "subslide"),
    code('println!("привет")', printed("привет\n")),
    prose("Сначала скрыто.", "fragment"),
    prose("- **Спросить:** Почему?", "notes"),
    prose("## Ошибка", "slide"),
    code(
        "drop(a); a",
        new_output("error", ename="E0382", evalue="moved", traceback=[ERROR]),
        tags=("raises-exception",),
    ),
    prose('## Картинки\n\n<img src="../pics/one.svg" alt="Один">', "subslide"),
    prose("## Рисунок", "subslide"),
    code("picture()", shown(svg=PICTURE, text="picture")),
    code("table()", shown(html="<b>жирно</b>", text="bold"), slide="fragment"),
    prose("## Длинно", "subslide"),
    code("many()", printed("".join(f"строка {i}\n" for i in range(LONG_OUTPUT)))),
    prose("Дальше: [вторая проба](02-other.ipynb#Код).", "-"),
    prose("## Код", "skip"),
    code("todo!()", slide="skip", exercise="x"),
    code("42", printed("✓\n"), slide="skip", solution="x"),
]
SLIDES = 6

PYTHON = """<details class="netlab-python"><summary>На Python</summary>

```python
with socket.create_server(("", 0)) as server:
    connection, _ = server.accept()
```

Что изменилось: `accept` возвращает **Result**.

</details>
"""
NOTES = """<details class="netlab-notes"><summary>Заметки лектора</summary>

- **Спросить:** Кто кого ждёт?
  <details><summary>Ответ</summary>Сервер ждёт в <code>accept</code>.</details>
- **Показать:** Второго клиента.

</details>
"""
TRACKS = [
    prose("# Дорожки\n\nЧто показано, а что ниже?", "slide", minutes=1),
    prose("## Сервер", "slide", minutes=2),
    code("accept()?;", printed("клиент\n")),
    prose(PYTHON, "-"),
    prose("Сначала скрыто.", "fragment"),
    prose(NOTES, "notes"),
    prose("### Глубже", "subslide", track="extra", minutes=5),
    code("deeper()", printed("глубже\n")),
    prose("- **Показать:** Старая заметка.", "notes"),
    prose("### Ещё глубже", "subslide", track="extra"),
    prose("## Итоги", "slide", minutes=1.5),
    prose("### Таблица соответствий", "subslide", track="extra"),
    code("table()", printed("".join(f"строка {i}\n" for i in range(TALL_OUTPUT)))),
    prose("## Упражнения", "skip"),
    code("todo!()", slide="skip", exercise="x"),
]
"""The lecture in three columns; two extras below the second, one at the end."""


@dataclass
class Export:
    """What the command printed and returned, and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str
    site: Path

    def html(self, name: str) -> BeautifulSoup:
        """A file of the site, parsed."""
        text = (self.site / name).read_text(encoding="utf-8")
        return BeautifulSoup(text, features="html.parser")


class Repository:
    """Notebooks, figures and styles below a temporary directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pics").mkdir(parents=True)
        (folder / "pics/one.svg").write_text(PICTURE, encoding="utf-8")
        shutil.copytree(STYLES, folder / "styles")
        self.site = folder / "target/site"

    def add(
        self,
        stem: str,
        cells: list[NotebookNode],
        executed: bool = True,
        minutes: float = 45,
    ) -> None:
        """A notebook and its executed copy."""
        language = {"name": "Rust", "pygments_lexer": "rust"}
        metadata = {"language_info": language, "netlab": {"minutes": minutes}}
        node = new_notebook(cells=cells, metadata=metadata)
        for place in ("notebooks", "executed") if executed else ("notebooks",):
            (self.folder / place).mkdir(exist_ok=True)
            nbformat.write(node, self.folder / place / f"{stem}.ipynb")

    def export(self, *stems: str, **failed: str) -> Export:
        """Runs the command, in this process: it takes seconds to import."""
        arguments = self._arguments(*stems)
        arguments += [f"--failed={stem}" for stem in failed.values()]
        stdout, stderr = StringIO(), StringIO()
        with (
            patch.dict(os.environ, {"CHROME": "none"}),
            redirect_stdout(stdout),
            redirect_stderr(stderr),
        ):
            exit_code = main(arguments)
        return Export(exit_code, stdout.getvalue(), stderr.getvalue(), self.site)

    def export_with_pdf(self, *stems: str) -> Export:
        """Runs the command as `cargo lab export` does."""
        environment = {**os.environ, "PYTHONPATH": str(PACKAGES)}
        ended = subprocess.run(
            [sys.executable, "-m", "export_lessons", *self._arguments(*stems)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=WATCHDOG_SECONDS,
        )
        return Export(ended.returncode, ended.stdout, ended.stderr, self.site)

    def _arguments(self, *stems: str) -> list[str]:
        arguments = [f"--site={self.site}", f"--repository={self.folder}"]
        arguments.append(f"--executed={self.folder / 'executed'}")
        notebooks = self.folder / "notebooks"
        return arguments + [str(notebooks / f"{stem}.ipynb") for stem in stems]
