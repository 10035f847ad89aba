"""Objects that outlive the processes that made them.

Files in the temporary directory, POSIX shared memory and message queues, and
the older System V kind of both: all of them have a name, and none of them goes
when a process ends.

Only the temporary directory belongs to one kernel alone. Of the others those
count that show which process they are from: System V objects know it, and the
lessons put the process id into every name. Whatever else appears meanwhile is
another program's, perhaps another run on the same machine.
"""

import os
import re
from pathlib import Path

from run_lessons import procfs

_FOLDERS = {
    "shared memory": Path("/dev/shm"),
    # Mounted on few systems; elsewhere queues cannot be listed at all.
    "message queue": Path("/dev/mqueue"),
}
# Semaphore sets know no process.
_SYSTEM_V = {"shm": "shared memory", "msg": "message queue"}


def existing(temporary: Path, family: set[int]) -> set[str]:
    """A line for each object of the processes `family` with this TMPDIR."""
    found = {f"temporary file {name}" for name in _names(temporary)}
    for kind, folder in _FOLDERS.items():
        own = (name for name in _names(folder) if _numbers(name) & family)
        found |= {f"{kind} {folder / name}" for name in own}
    for table, kind in _SYSTEM_V.items():
        for number, processes in procfs.system_v(table):
            if processes & family:
                found.add(f"System V {kind} {number}")
    return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _numbers(name: str) -> set[int]:
    return {int(digits) for digits in re.findall(r"\d+", name)}
