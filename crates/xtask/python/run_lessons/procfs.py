"""Processes, threads, ports and open files as `/proc` tells them.

Every process may end while it is looked at: what has gone is reported as
absent, never as an error.
"""

import ipaddress
import os
import sys
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTEN = "0A"


@dataclass(frozen=True)
class Process:
    """One process; the start time tells it from a later one with its number."""

    pid: int
    name: str
    state: str
    parent: int
    session: int
    started: int

    @property
    def is_zombie(self) -> bool:
        """Whether it has ended and nobody has waited for it."""
        return self.state in "ZX"

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet; a zombie has."""
        now = look_up(self.pid)
        return now is not None and now.started == self.started and not now.is_zombie

    def __str__(self) -> str:
        line = _read(_PROC / str(self.pid) / "cmdline").replace("\0", " ").strip()
        what = "ended, but nobody waited for it" if self.is_zombie else line
        return f"{self.pid} {self.name}: {what}" if what else f"{self.pid} {self.name}"


def look_up(pid: int) -> Process | None:
    """The process with that number."""
    # The name stands in parentheses and may itself contain any character.
    head, found, tail = _read(_PROC / str(pid) / "stat").rpartition(")")
    if not found:
        return None
    rest = tail.split()
    return Process(
        pid=pid,
        name=head.partition("(")[2],
        state=rest[0],
        parent=int(rest[1]),
        session=int(rest[3]),
        started=int(rest[19]),
    )


def all_processes() -> list[Process]:
    """All processes that can be seen."""
    found = (look_up(int(name)) for name in os.listdir(_PROC) if name.isdigit())
    return [process for process in found if process is not None]


def environment(pid: int) -> dict[str, str]:
    """The environment a process was started with; empty if it may not be read."""
    entries = _read(_PROC / str(pid) / "environ").split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def thread_names(pid: int) -> list[str]:
    """The names of all threads, the main thread first."""
    folder = _PROC / str(pid) / "task"
    try:
        threads = sorted(map(int, os.listdir(folder)), key=lambda tid: (tid != pid, tid))
    except OSError:
        return []
    names = (_read(folder / str(thread) / "comm").strip() for thread in threads)
    return [name for name in names if name]


def system_call(pid: int) -> tuple[str, str] | None:
    """Number and first argument of the call the main thread is blocked in.

    None while it runs, or where the kernel does not tell.
    """
    fields = _read(_PROC / str(pid) / "syscall").split()
    return (fields[0], fields[1]) if len(fields) > 2 else None


def listening_addresses(pid: int) -> list[str]:
    """The addresses on which a process listens for TCP connections."""
    own = _socket_inodes(pid)
    found = []
    for table in ("tcp", "tcp6"):
        for line in _read(_PROC / str(pid) / "net" / table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and fields[9] in own:
                found.append(_address(fields[1]))
    return sorted(found)


def system_v(table: str) -> list[tuple[str, set[int]]]:
    """The System V objects in `shm` or `msg`: the number of each, and the
    processes that made or used it."""
    title, *rows = _read(_PROC / "sysvipc" / table).splitlines() or [""]
    columns = [at for at, name in enumerate(title.split()) if name.endswith("pid")]
    fields = (row.split() for row in rows)
    return [(row[1], {int(row[at]) for at in columns} - {0}) for row in fields]


def _socket_inodes(pid: int) -> set[str]:
    sockets = (path for path in _open(pid) if path.startswith("socket:["))
    return {path.removeprefix("socket:[").removesuffix("]") for path in sockets}


def _open(pid: int) -> list[str]:
    folder = _PROC / str(pid) / "fd"
    try:
        return [_link(folder / name) for name in os.listdir(folder)]
    except OSError:
        return []


def _address(text: str) -> str:
    """Decodes `0100007F:1F90`: words in the byte order of the machine."""
    host, _, port = text.partition(":")
    words = [bytes.fromhex(host[i : i + 8]) for i in range(0, len(host), 8)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    address = ipaddress.ip_address(b"".join(words))
    shown = f"[{address}]" if address.version == 6 else str(address)
    return f"{shown}:{int(port, 16)}"


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
