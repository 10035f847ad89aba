"""What a notebook left behind in its kernel.

A lesson must end with what it began with: one process that runs the cells,
with one thread of its own, no children, no listening port, and no object in the system
that was not there before.
"""

import time

from run_lessons import procfs
from run_lessons.kernel_process import KernelProcess
from run_lessons.procfs import Process
from run_lessons.verdict import Failure

PATIENCE = 2.0
"""Seconds for threads and processes that are just ending."""
_POLL = 0.05
KERNEL_THREADS = "kernel-"
"""How the names begin that our kernel gives to its own threads in the process
that runs the cells."""


def find_leftovers(kernel: KernelProcess) -> list[Failure]:
    """Looks until nothing is left or the patience is over."""
    deadline = time.monotonic() + PATIENCE
    while (found := _look(kernel)) and time.monotonic() < deadline:
        time.sleep(_POLL)
    return found


def _look(kernel: KernelProcess) -> list[Failure]:
    runtime = kernel.runtime()
    if runtime is None:
        return [Failure("cannot look for leftovers: no process runs the cells")]
    return [
        *_threads(runtime),
        *_children(kernel, runtime),
        *_listeners(kernel, runtime),
        *_objects(kernel),
    ]


def _threads(runtime: Process) -> list[Failure]:
    threads = procfs.thread_names(runtime.pid)[1:]
    names = [name for name in threads if not name.startswith(KERNEL_THREADS)]
    if not names:
        return []
    return [Failure(f"{_count(names, 'thread')} left behind", "\n".join(names))]


def _children(kernel: KernelProcess, runtime: Process) -> list[Failure]:
    # The session also holds children whose own parent has ended.
    children = _others(kernel, runtime)
    if not children:
        return []
    reason = f"{_count(children, 'child process', 'child processes')} left behind"
    return [Failure(reason, "\n".join(str(child) for child in children))]


def _listeners(kernel: KernelProcess, runtime: Process) -> list[Failure]:
    ports = sorted(
        {
            address
            for process in [runtime, *_others(kernel, runtime)]
            for address in procfs.listening_addresses(process.pid)
        }
    )
    if not ports:
        return []
    return [Failure(f"{_count(ports, 'listening port')} left behind", "\n".join(ports))]


def _objects(kernel: KernelProcess) -> list[Failure]:
    left = sorted(kernel.new_objects())
    if not left:
        return []
    return [Failure(f"{_count(left, 'system object')} left behind", "\n".join(left))]


def _others(kernel: KernelProcess, runtime: Process) -> list[Process]:
    # What cells start descends from the runtime, or has lost its parent. The
    # front end has children of its own, with all that they start: compilers
    # that wait for the next cell, the process that answers completion.
    family = kernel.family()
    own = {runtime.parent}
    while found := {
        process.pid
        for process in family
        if process.parent in own and process.pid not in own | {runtime.pid}
    }:
        own |= found
    return [one for one in family if one.pid not in own | {runtime.pid}]


def _count(things: list[str] | list[Process], one: str, many: str | None = None) -> str:
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"
