"""A walk through all slides of a lesson, server and client deck in step.

The order is that of the lesson runner: while a server cell waits in its
deck, the cells of the client deck that talk to it are run.
"""

from dataclasses import dataclass

from run_lessons.lesson import Lesson
from run_lessons.notebook import Cell, Notebook
from run_lessons.plan import Alone, Step, make_plan

from drive_decks.deck import LARGE, SMALL, Deck
from drive_decks.look import Look
from drive_decks.slides import Slide, slide_type


@dataclass
class _Walk:
    """Where the lecturer stands in one deck."""

    deck: Deck
    look: Look
    position: int = -1

    def advance_to(self, index: int) -> None:
        """Goes on, slide by slide, to the one with a cell."""
        while self.position < 0 or index not in self.slide.cells:
            self.leave()
            self.position += 1
            self.deck.go(self.slide)
            self.look.at(self.deck, self.slide, "before the run")

    def leave(self) -> None:
        """Looks back at the slide before the next one is shown."""
        if self.position >= 0:
            self.deck.go(self.slide)
            self.look.at(self.deck, self.slide, "after the run")
            self.look.photograph(self.deck, self.slide, "light")

    def finish(self) -> None:
        """Goes through what is left."""
        last = self.deck.slides[-1].cells[-1]
        self.advance_to(last)
        self.leave()

    @property
    def slide(self) -> Slide:
        """The slide that is shown."""
        return self.deck.slides[self.position]


def visit(lesson: Lesson, decks: dict[Notebook, Deck], look: Look) -> None:
    """Visits every slide of a lesson's decks three times.

    First on a large screen, as they are opened; then on a small one, where
    the cells are run; then on the large one again, in the dark.
    """
    walks = {book: _Walk(deck, look) for book, deck in decks.items()}
    for deck in decks.values():
        look.prepare(deck)
        deck.resize(LARGE)
        for slide in deck.slides:
            deck.go(slide)
            look.at(deck, slide, "before the run")
        deck.resize(SMALL)
    for action in make_plan(lesson):
        if isinstance(action, Alone):
            _run(walks[action.notebook], action.cell)
        else:
            _run_step(walks, lesson, action)
    for walk in walks.values():
        walk.finish()
    for deck in decks.values():
        deck.page.emulate_media(color_scheme="dark")
        deck.resize(LARGE)
        for slide in deck.slides:
            deck.go(slide)
            look.at(deck, slide, "after the run")
            look.photograph(deck, slide, "dark")


def _run(walk: _Walk, cell: Cell) -> None:
    if _is_run_on_stage(cell):
        index = cell.number - 1
        walk.advance_to(index)
        walk.deck.run(walk.slide, index, cell.limit)


def _run_step(walks: dict[Notebook, _Walk], lesson: Lesson, step: Step) -> None:
    assert lesson.client is not None
    server, index = walks[lesson.main], step.server.number - 1
    server.advance_to(index)
    server.deck.start(index)
    server.deck.wait_until_served(step.name, step.server.limit)
    for client in step.clients:
        _run(walks[lesson.client], client)
    if step.server.ends == "interrupt":
        server.deck.interrupt()
    server.deck.wait(index, step.server.limit)
    server.deck.stayed_on(server.slide, index)


def _is_run_on_stage(cell: Cell) -> bool:
    """Whether a lecturer runs it: exercises are hidden from the slides."""
    hidden = slide_type(cell.node) in ("skip", "notes")
    return not hidden and "skip-execution" not in cell.tags
