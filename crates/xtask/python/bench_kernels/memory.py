"""All processes of a kernel."""

import re
from collections.abc import Mapping
from pathlib import Path

from bench_kernels.session import Session
from bench_kernels.table import Figures, size
from run_lessons import procfs

USED = size("memory after the first use")

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def memory(sessions: Mapping[str, Session], figures: Figures) -> None:
    """Adds up what each process of a kernel holds, pages that are shared
    divided by the number of those that share them (PSS, see `proc(5)`)."""
    for kernel, session in sessions.items():
        figures.add(USED, kernel, sum(map(_megabytes, family(session.pid))))


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    everyone = procfs.all_processes()
    for parent in found:
        found += [one.pid for one in everyone if one.parent == parent]
    return found


def _megabytes(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        # It has ended.
        return 0.0
    found = _PSS.search(told)
    return int(found[1]) / 1024 if found else 0.0
