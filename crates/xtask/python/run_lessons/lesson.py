"""Which notebooks belong together."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from run_lessons.notebook import ALL_TRACKS, Notebook, read

CLIENT_SUFFIX = "-client"


@dataclass(frozen=True)
class Lesson:
    """A notebook, together with its client twin if it has one."""

    main: Notebook
    client: Notebook | None = None

    @property
    def notebooks(self) -> list[Notebook]:
        """The notebooks of the lesson, the server first."""
        return [self.main] if self.client is None else [self.main, self.client]


def find_lessons(
    paths: Iterable[Path], default_limit: float, track: str = ALL_TRACKS
) -> list[Lesson]:
    """Reads the named notebooks, each pair once, in the order of first mention.

    Naming either notebook of a pair means the pair. A `-client` notebook
    without a server beside it is a lesson of its own.
    Raises `UnreadableNotebook`.
    """
    # A dictionary, because it keeps the order and drops the second mention.
    mains = dict.fromkeys(_main_of(path) for path in paths)
    lessons = []
    for main in mains:
        twin = main.with_name(f"{main.stem}{CLIENT_SUFFIX}{main.suffix}")
        client = read(twin, default_limit, track) if twin.is_file() else None
        lessons.append(Lesson(read(main, default_limit, track), client))
    return lessons


def _main_of(path: Path) -> Path:
    if path.stem.endswith(CLIENT_SUFFIX):
        server = path.with_name(path.stem.removesuffix(CLIENT_SUFFIX) + path.suffix)
        if server.is_file():
            return server
    return path
