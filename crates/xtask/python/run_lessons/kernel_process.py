"""The operating system's side of a kernel: its process, its child, its end."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from run_lessons import procfs, system_objects
from run_lessons.procfs import Process

RUNTIME_VARIABLE = "EVCXR_IS_RUNTIME"
"""Set in the child process of the kernel that runs the cells."""

START_SECONDS = 120.0
END_SECONDS = 5.0
_POLL = 0.05


class KernelFailedToStart(Exception):
    """The kernel process does not run or does not answer."""

    def __init__(self, reason: str, log: str = "") -> None:
        """`log` is what the process wrote itself."""
        super().__init__(reason)
        self.log = log


class KernelProcess:
    """A kernel process that leads a session of its own."""

    def __init__(
        self, kernel_name: str, directory: Path, room: Path, variables: dict[str, str]
    ) -> None:
        """Starts it in `directory`; `room` takes its connection file and log."""
        self._ended = False
        self._log = room / "kernel.log"
        self._temporary = Path(variables.get("TMPDIR", tempfile.gettempdir()))
        self._objects: set[str] = set()
        self._manager = KernelManager(
            kernel_name=kernel_name, connection_file=str(room / "connection.json")
        )
        try:
            with self._log.open("wb") as log:
                self._manager.start_kernel(
                    cwd=str(directory),
                    env=os.environ | variables,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
        except OSError as error:
            raise KernelFailedToStart(str(error)) from error
        # The local provisioner, the only one used here, knows the process.
        self._pid: int = self._manager.provisioner.pid  # type: ignore[union-attr]

    def connect(self) -> BlockingKernelClient:
        """Opens the channels and returns when the kernel has answered."""
        client = self._manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=START_SECONDS)
        except RuntimeError as error:
            client.stop_channels()
            raise KernelFailedToStart(str(error), self.log_tail()) from error
        # From now on: what the kernel itself makes at its start is its own.
        self._objects = self._existing_objects()
        return client

    @property
    def alive(self) -> bool:
        """Whether the kernel process runs."""
        return bool(self._manager.is_alive())

    def log_tail(self) -> str:
        """The last lines that the kernel process itself wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-10:])

    def runtime(self) -> Process | None:
        """The child process that runs the cells."""
        for process in procfs.all_processes():
            if process.parent == self._pid and not process.is_zombie:
                if RUNTIME_VARIABLE in procfs.environment(process.pid):
                    return process
        return None

    def family(self) -> list[Process]:
        """The kernel and all that descends from it.

        Being in the kernel's session tells a process even after its parent has
        ended; having a parent here tells it even in a session of its own.
        """
        rest = procfs.all_processes()
        family: list[Process] = []
        pids = {self._pid}
        while found := [one for one in rest if pids & {one.pid, one.parent, one.session}]:
            family += found
            pids |= {one.pid for one in found}
            rest = [one for one in rest if one not in found]
        return family

    def new_objects(self) -> set[str]:
        """The system objects that have come since the kernel was ready."""
        return self._existing_objects() - self._objects

    def _existing_objects(self) -> set[str]:
        family = {one.pid for one in self.family()}
        return system_objects.existing(self._temporary, family)

    def write_to_stderr(self, text: str) -> bool:
        """Writes into the pipe through which the cells' stderr flows."""
        runtime = self.runtime()
        if runtime is None:
            return False
        try:
            pipe = os.open(f"/proc/{runtime.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            return os.write(pipe, text.encode()) == len(text.encode())
        except OSError:
            return False
        finally:
            os.close(pipe)

    def interrupt(self) -> None:
        """Asks the kernel to interrupt its cell, as its kernelspec says how."""
        self._manager.interrupt_kernel()

    def shut_down(self, now: bool) -> list[str]:
        """Ends it, politely unless `now`; kills and names what outlives it."""
        if self._ended:
            return []
        self._ended = True
        family, runtime = self.family(), self.runtime()
        own = {self._pid, runtime.pid if runtime else self._pid}
        # What cells have started does not end politely; the leftovers tell it.
        _kill([one for one in family if now or one.pid not in own])
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=now)
        deadline = time.monotonic() + END_SECONDS
        while any(one.is_running for one in family) and time.monotonic() < deadline:
            time.sleep(_POLL)
        left = [one for one in family if one.is_running]
        names = [str(one) for one in left]
        _kill(left)
        return names


def _kill(processes: list[Process]) -> None:
    for process in processes:
        if process.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
