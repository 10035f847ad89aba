"""Objects that outlive the processes that made them.

Files in the temporary directory, POSIX shared memory and message queues, and
the older System V kind of both and of semaphores: all of them have a name, and
none of them goes when a process ends.
"""

import os
from pathlib import Path

from run_lessons import procfs

_FOLDERS = {
    "shared memory": Path("/dev/shm"),
    # Mounted on few systems; elsewhere queues cannot be listed at all.
    "message queue": Path("/dev/mqueue"),
}
_SYSTEM_V = {"shm": "shared memory", "msg": "message queue", "sem": "semaphore set"}


def existing(temporary: Path) -> set[str]:
    """A line for each object of this user; `temporary` is the kernel's TMPDIR."""
    found = {f"temporary file {name}" for name in _names(temporary)}
    for kind, folder in _FOLDERS.items():
        own = (name for name in _names(folder) if _is_ours(folder / name))
        found |= {f"{kind} {folder / name}" for name in own}
    for table, kind in _SYSTEM_V.items():
        found |= {f"System V {kind} {number}" for number in procfs.system_v(table)}
    return found


def abandoned(objects: set[str], family: set[int]) -> set[str]:
    """Those that no living process outside the family has open.

    Another program of the same user may have made its shared memory at the
    same time; it still uses it.
    """
    if not any(str(folder) in line for line in objects for folder in _FOLDERS.values()):
        return objects
    strangers = (one for one in procfs.all_processes() if one.pid not in family)
    used = {path for one in strangers for path in procfs.open_files(one.pid)}
    return {line for line in objects if line.rpartition(" ")[2] not in used}


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_ours(path: Path) -> bool:
    try:
        return path.stat().st_uid == os.getuid()
    except OSError:
        return False
