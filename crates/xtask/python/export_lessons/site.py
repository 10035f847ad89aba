"""The files of the site, and taking the place of the former one."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from export_lessons.convert import (
    LANGUAGE,
    TEMPLATES,
    Converter,
    Edition,
    NoSlides,
    highlight_css,
)
from export_lessons.handout import Handout, Lesson
from export_lessons.links import Links
from export_lessons.pdf import NotPrinted, Printer, printer

STATIC = Path(__file__).with_name("static")


class Site:
    """A site that is being written beside its place."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        repository: Path,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._lessons = lessons
        self._repository = repository.resolve()
        self._folder = folder
        self._say = say
        self._books = [
            handout
            for lesson in lessons
            if lesson.is_executed
            for handout in lesson.handouts
        ]
        pages = {handout.stem for handout in self._books}
        self._links = Links(self._repository, pages)
        self._converter = Converter()
        self.problems: list[str] = []

    def write(self, browser: str | None) -> None:
        """Writes all files; what went wrong is in `problems` afterwards."""
        notebooks = self._folder / "notebooks"
        notebooks.mkdir()
        self._copy_assets()
        for handout in self._books:
            self._write_deck(handout, notebooks / handout.deck)
        self._copy_linked_files()
        if browser is not None:
            self._print(browser)
        for handout in self._books:
            page = self._converter.page(
                _node(handout), handout.title, _editions(handout)
            )
            self._links.settle(page, handout.source)
            (notebooks / handout.page).write_text(str(page), encoding="utf-8")
        self._copy_linked_files()
        for lesson in self._lessons:
            for handout in lesson.handouts:
                if handout.source.is_file():
                    shutil.copy(handout.source, notebooks)
        self._write_index()
        self.problems += dict.fromkeys(self._links.problems)

    def _write_deck(self, handout: Handout, target: Path) -> None:
        try:
            deck = self._converter.deck(_node(handout), handout.title)
        except NoSlides:
            self.problems.append(f"{handout.stem} has no deck: it shows no slide")
            return
        self._links.settle(deck, handout.source)
        target.write_text(str(deck), encoding="utf-8")
        handout.has_deck = True

    def _copy_assets(self) -> None:
        assets = self._folder / "assets"
        shutil.copytree(STATIC, assets)
        (assets / "highlight.css").write_text(highlight_css(), encoding="utf-8")
        shutil.copytree(self._repository / "styles", self._folder / "styles")

    def _copy_linked_files(self) -> None:
        for file in self._links.files:
            target = self._folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._repository / file, target)

    def _print(self, browser: str) -> None:
        notebooks = self._folder / "notebooks"
        try:
            with printer(browser, self._folder.parent) as chromium:
                for handout in self._books:
                    if not handout.has_deck:
                        continue
                    self._say(f"printing {handout.pdf}")
                    deck, target = notebooks / handout.deck, notebooks / handout.pdf
                    handout.has_pdf = self._try_to_print(chromium, deck, target)
        except NotPrinted as error:
            self.problems.append(f"no PDFs: {browser} does not start: {error}")

    def _try_to_print(self, chromium: Printer, deck: Path, target: Path) -> bool:
        try:
            chromium.print(deck, target)
        except NotPrinted as error:
            self.problems.append(f"{target.name} was not printed: {error}")
            return False
        return True

    def _write_index(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True
        )
        html = environment.get_template("site/index.html.j2").render(
            lessons=self._lessons, language=LANGUAGE
        )
        (self._folder / "index.html").write_text(html, encoding="utf-8")


def _node(handout: Handout) -> object:
    assert handout.node is not None, "only executed notebooks become pages"
    return handout.node


def _editions(handout: Handout) -> list[Edition]:
    editions = []
    if handout.has_deck:
        editions.append(Edition("Слайды", handout.deck))
    if handout.has_pdf:
        editions.append(Edition("PDF", handout.pdf))
    editions.append(Edition("Блокнот", f"{handout.stem}.ipynb", download=True))
    return editions


def replace(site: Path, finished: Path) -> None:
    """Puts `finished` in the place of `site`, which is whole at any moment.

    Both are beside each other, so that a rename is enough.
    """
    finished.chmod(0o755)
    if not site.exists():
        finished.rename(site)
        return
    with tempfile.TemporaryDirectory(dir=site.parent, prefix=".site-") as old:
        former = site.rename(Path(old) / "site")
        try:
            finished.rename(site)
        except OSError:
            former.rename(site)
            raise
