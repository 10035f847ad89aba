"""JupyterLab as a student uses it: buttons, two notebooks side by side."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Browser

from drive_decks.lab_server import LabServer
from drive_decks.panel import READY_MS, Panel, open_cells, open_lab
from run_lessons.lesson import find_lessons
from run_lessons.plan import Step, make_plan

CELL_SECONDS = 60.0
LESSON_SECONDS = 300.0


@pytest.fixture
def kernels_end(lab: LabServer) -> Iterator[None]:
    """The next notebook begins with none."""
    yield
    lab.end_kernels()


def test_stop_button_frees_a_waiting_cell_and_keeps_its_variables(
    browser: Browser, lab: LabServer, root: Path, kernels_end: None
) -> None:
    """What a lecturer does on stage in the middle of `accept`."""
    sources = [
        "let number = 41;",
        'println!("жду");\nstd::net::TcpListener::bind("127.0.0.1:0")?.accept()?;',
        "number + 1",
    ]
    panel = open_cells(browser, lab, root, sources)
    panel.run(0, CELL_SECONDS)
    panel.start(1)
    panel.cell(1).get_by_text("жду", exact=True).wait_for()
    panel.press("interrupt")
    panel.wait(1, CELL_SECONDS)
    assert "42" in panel.run(2, CELL_SECONDS)
    panel.page.close()


NOTES = """<details class="netlab-notes"><summary>Заметки лектора</summary>

- **Спросить:** Что вернёт `read`?
  <details><summary>Ответ</summary>Ноль байтов.</details>

</details>"""
PYTHON = """<details class="netlab-python"><summary>На Python</summary>

```python
with socket.socket() as server:
    server.listen(10)
```

</details>"""


def test_notes_and_python_are_folded_for_the_student(
    browser: Browser, lab: LabServer, root: Path, kernels_end: None
) -> None:
    """A quiet line each; opened, they are Markdown as everywhere, in colours."""
    cells = [new_markdown_cell(NOTES), new_markdown_cell(PYTHON), "1"]
    panel = open_cells(browser, lab, root, cells)
    notes, python = (panel.cell(i).locator(".jp-MarkdownOutput") for i in range(2))
    assert notes.inner_text().strip() == "Заметки лектора"
    assert python.inner_text().strip() == "На Python"
    notes.locator("summary").first.click()
    assert notes.locator("strong").inner_text() == "Спросить:"
    assert "Ноль байтов" not in notes.inner_text()
    notes.get_by_text("Ответ").click()
    assert "Ноль байтов" in notes.inner_text()
    python.locator("summary").click()
    assert python.locator("pre span[class]").get_by_text("with").is_visible()
    panel.page.close()


def test_restart_and_run_all_begins_at_one(
    browser: Browser, lab: LabServer, root: Path, kernels_end: None
) -> None:
    """The button ⏩, with its question answered."""
    sources = ['let word = String::from("заново");', "word.len()", "word"]
    panel = open_cells(browser, lab, root, sources)
    panel.run(0, CELL_SECONDS)
    panel.restart_and_run_all()
    for index in range(3):
        panel.wait(index, CELL_SECONDS)
        prompt = panel.cell(index).locator(".jp-InputPrompt").first
        assert prompt.inner_text() == f"[{index + 1}]:"
    assert "заново" in panel.output(2)
    panel.page.close()


def test_whole_lesson_runs_after_a_restart(
    browser: Browser, lab: LabServer, root: Path
) -> None:
    """A lesson without a twin, by one button: what must fail fails, all else runs."""
    (lesson,) = find_lessons(
        [root / "notebooks/02-concurrent-servers.ipynb"], CELL_SECONDS
    )
    cells = lesson.main.cells
    page, complaints = open_lab(
        browser, lab, f"lab/tree/notebooks/{lesson.main.path.name}?reset"
    )
    panel = Panel(page, lesson.main.path.name)
    # JupyterLab draws a long notebook bit by bit.
    panel.cell(len(cells) - 1).wait_for(state="attached", timeout=READY_MS)
    panel.restart_and_run_all()
    for cell in cells:
        panel.wait(cell.number - 1, max(cell.limit, LESSON_SECONDS))
    failed = [cell.id for cell in cells if panel.has_failed(cell.number - 1)]
    assert failed == [cell.id for cell in cells if "raises-exception" in cell.tags]
    assert complaints.outside == []
    page.close()
    lab.end_kernels()


_CELLS_AT_THE_REQUEST = """
    const fetched = window.fetch;
    window.fetch = (what, ...how) => {
        const {url, method} = what instanceof Request ? what : {};
        if (method === "POST" && url.includes("/api/sessions")) {
            window.netlabCells = document.querySelectorAll(".jp-Notebook .jp-Cell").length;
        }
        return fetched(what, ...how);
    };"""


def test_kernel_is_asked_for_before_a_long_notebook_is_drawn(
    browser: Browser, lab: LabServer, root: Path, kernels_end: None
) -> None:
    """Until then the toolbar says «No Kernel»; a slow machine draws for long."""
    notebook = root / "notebooks/02-concurrent-servers.ipynb"
    cells = nbformat.read(notebook, as_version=4).cells
    page = browser.new_page()
    page.add_init_script(_CELLS_AT_THE_REQUEST)
    page.goto(lab.url(f"lab/tree/notebooks/{notebook.name}?reset"))
    page.wait_for_function("window.netlabCells !== undefined", timeout=READY_MS)
    assert page.evaluate("window.netlabCells") < len(cells) / 2
    page.close()


def test_server_and_client_talk_side_by_side(
    browser: Browser, lab: LabServer, root: Path
) -> None:
    """The first step of the lecture, in two panels of one window."""
    (lesson,) = find_lessons([root / "notebooks/01-sockets.ipynb"], CELL_SECONDS)
    assert lesson.client is not None
    page, complaints = open_lab(
        browser, lab, f"lab/workspaces/{_side_by_side(lab, root)}"
    )
    server = Panel(page, lesson.main.path.name)
    client = Panel(page, lesson.client.path.name)
    assert server.box[1] <= client.box[0] + 1, "the panels overlap"

    for book, panel in ((lesson.main, server), (lesson.client, client)):
        for cell in book.cells:
            if "setup" in cell.tags:
                panel.run(cell.number - 1, cell.limit)
    step = next(action for action in make_plan(lesson) if isinstance(action, Step))
    server.start(step.server.number - 1)
    server.cell(step.server.number - 1).get_by_text("жду на").wait_for()
    for cell in step.clients:
        client.run(cell.number - 1, cell.limit)
    server.wait(step.server.number - 1, CELL_SECONDS)
    assert "ping" in server.output(step.server.number - 1)
    assert complaints.outside == []
    page.screenshot(path=root / "target/slides/side-by-side.png")
    page.close()
    lab.end_kernels()


def _side_by_side(lab: LabServer, root: Path) -> str:
    """Gives JupyterLab the layout of the lesson; returns its name.

    Without the start page, which `cargo lab` puts beside the notebooks.
    """
    file = root / ".jupyter/workspaces/01-sockets.jupyterlab-workspace"
    layout = json.loads(file.read_text())
    start_page = "markdownviewer-widget:Занятия.md"
    del layout["data"][start_page]
    area = layout["data"]["layout-restorer:data"]["main"]["dock"]["children"][0]
    area["widgets"].remove(start_page)
    area["currentIndex"] = 0
    name = layout["metadata"]["id"]
    request = urllib.request.Request(
        lab.url(f"lab/api/workspaces/{name}"),
        data=json.dumps(layout).encode(),
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=10).close()
    return str(name)
