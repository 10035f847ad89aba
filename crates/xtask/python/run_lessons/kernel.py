"""A conversation with one kernel: submit a cell, collect what it says, stop it.

Everything happens in the calling thread: `pump` takes what has arrived, and
all waiting is pumping.
"""

import queue
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from jupyter_client.blocking.client import BlockingKernelClient

from run_lessons import procfs
from run_lessons.execution import OUTPUT_MESSAGES, Execution
from run_lessons.kernel_process import KernelProcess

INTERRUPT_SECONDS = 5.0
BLOCK_SECONDS = 30.0
_SLICE = 0.05
_SETTLE_SECONDS = 5.0
_QUIET_SECONDS = 0.3


class Kernel:
    """A fresh kernel and the cell it was given last."""

    def __init__(self, process: KernelProcess, tick: Callable[[], None]) -> None:
        """Returns when the kernel is ready; calls `tick` while it waits later."""
        self.process = process
        self._tick = tick
        self._client: BlockingKernelClient | None = process.connect()
        self._current: Execution | None = None
        self._idle_call = self._blocked_call()
        self._markers_arrive: bool | None = None
        self._late_markers: list[str] = []

    @property
    def alive(self) -> bool:
        """Whether the kernel can be given another cell."""
        return self._client is not None and self.process.alive

    def submit(self, source: str) -> Execution:
        """Sends a cell without waiting for it."""
        assert self._client is not None
        self.pump(0)
        request = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        self._current = Execution(request)
        return self._current

    def wait(
        self, execution: Execution, seconds: float, beside: Iterable["Kernel"] = ()
    ) -> bool:
        """Waits for the end of a cell, while other kernels are listened to."""
        deadline = time.monotonic() + seconds
        others = list(beside)
        while not execution.done:
            if not self.alive:
                self.pump(0)
                execution.end_by_death("the kernel died", self.process.log_tail())
                return False
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.pump(min(left, _SLICE))
            for other in others:
                other.pump(0)
            self._tick()
        return True

    def wait_until_blocked(self, execution: Execution) -> None:
        """Waits until the cell's code waits for something, or until it ends.

        While evcxr compiles a cell, the process that will run it still waits
        for its command. So the cell has begun, and gone as far as it gets by
        itself, once the main thread is twice seen in one other system call.
        """
        deadline = time.monotonic() + BLOCK_SECONDS
        previous = None
        while self._idle_call is not None and time.monotonic() < deadline:
            if self.wait(execution, _SLICE) or not self.alive:
                return
            call = self._blocked_call()
            if call is not None and call == previous != self._idle_call:
                return
            previous = call

    def pump(self, wait: float) -> None:
        """Takes what is there; waits so long for the first message."""
        if self._client is None:
            return
        # Endless output must not keep this loop from its end.
        end = time.monotonic() + wait + _SLICE
        while (message := _next(self._client.get_iopub_msg, wait)) is not None:
            self._take_iopub(message)
            wait = 0
            if time.monotonic() > end:
                break
        while (message := _next(self._client.get_shell_msg, 0)) is not None:
            if self._is_current(message) and message["msg_type"] == "execute_reply":
                assert self._current is not None
                self._current.take_reply(message["content"])

    def settle(self) -> None:
        """Waits until all that the cells have written so far has arrived.

        The end of a cell does not say so: evcxr forwards stderr in a thread of
        its own. A line written into the same pipe, behind all that the cell
        wrote, arrives behind it too.
        """
        execution = self._current
        if execution is None or not self.alive:
            return
        for late in self._late_markers:
            execution.remove_from_stderr(late)
        deadline = time.monotonic() + _SETTLE_SECONDS
        marker = f"netlab-run-{uuid4().hex}\n"
        if self._markers_arrive is not False and self.process.write_to_stderr(marker):
            while marker not in execution.stderr and time.monotonic() < deadline:
                self.pump(_SLICE)
            if execution.remove_from_stderr(marker):
                self._markers_arrive = True
                return
            self._late_markers.append(marker)
            # Without a single success this kernel has no such pipe.
            self._markers_arrive = self._markers_arrive or False
        quiet_since, size = time.monotonic(), execution.size
        while time.monotonic() < min(deadline, quiet_since + _QUIET_SECONDS):
            self.pump(_SLICE)
            if execution.size != size:
                quiet_since, size = time.monotonic(), execution.size

    def interrupt(self, execution: Execution) -> bool:
        """Interrupts a cell; kills the kernel if the cell does not end then."""
        self.settle()
        if execution.done:
            return True
        execution.mark_interrupt()
        # The first one keeps the variables, so it can't end a loop that waits
        # for nothing; the second one can.
        for _ in range(2):
            self.process.interrupt()
            if self.wait(execution, INTERRUPT_SECONDS):
                return True
        execution.end_by_death(
            f"did not end within {INTERRUPT_SECONDS:g} s of an interrupt, kernel killed",
            self.process.log_tail(),
        )
        self.shut_down(now=True)
        return False

    def shut_down(self, now: bool = False) -> list[str]:
        """Ends the kernel; names what outlived it. Harmless when repeated."""
        if self._client is None:
            return []
        self._client.stop_channels()
        self._client = None
        return self.process.shut_down(now)

    def _blocked_call(self) -> tuple[str, str] | None:
        runtime = self.process.runtime()
        return procfs.system_call(runtime.pid) if runtime else None

    def _is_current(self, message: dict[str, Any]) -> bool:
        parent = message.get("parent_header", {}).get("msg_id")
        return self._current is not None and parent == self._current.request

    def _take_iopub(self, message: dict[str, Any]) -> None:
        if self._current is None:
            return
        kind, content = message["msg_type"], message["content"]
        if kind in OUTPUT_MESSAGES:
            # What an earlier cell's thread says now stands under the latest
            # cell, as it does in JupyterLab.
            self._current.take_output(message)
        elif kind == "execute_input" and self._is_current(message):
            self._current.count = content.get("execution_count")
        elif kind == "status" and self._is_current(message):
            self._current.idle = content["execution_state"] == "idle"


def _next(receive: Callable[..., dict[str, Any]], wait: float) -> dict[str, Any] | None:
    try:
        return receive(timeout=wait)
    except queue.Empty:
        return None
