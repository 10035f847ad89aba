"""The Chromium of this machine, kept inside one directory."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The program that `CHROME` names, or else the first known one."""
    named = os.environ.get("CHROME")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def why_none() -> str:
    """The reason for `None`, and what to do about it."""
    named = os.environ.get("CHROME")
    if named:
        return f"CHROME names `{named}`, which is no program"
    return f"no Chromium found (looked for {', '.join(NAMES)}; CHROME names another)"


def flags() -> list[str]:
    """What every start needs beside what Playwright adds."""
    # `/dev/shm` of a container is often too small for a long deck.
    return ["--disable-dev-shm-usage", "--disable-gpu"]


def environment(folder: Path) -> dict[str, str]:
    """An environment in which it writes below `folder` only."""
    kept = dict.fromkeys(
        ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
        str(folder),
    )
    return {**os.environ, **kept}
