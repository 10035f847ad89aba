"""One kernel, one client."""

import os
import queue
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import KernelManager

NOTEBOOKS = Path(__file__).resolve().parents[4] / "notebooks"
LIMIT = 600.0
"""Seconds after which a cell is given up."""

DEP = ':dep netlab = { path = "../crates/netlab" }'
"""The line with which the notebooks load the helper crate."""

FIRST_USE = "let probe = netlab::client::Timeouts::default();"
"""A first use of it."""


class CellFailed(Exception):
    """A cell that should succeed did not: there is nothing to measure."""


def timed(action: Callable[[], object]) -> float:
    """Seconds that `action` takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


class Session:
    """A fresh kernel in the directory of the notebooks, and its client."""

    def __init__(self, kernel: str, variables: Mapping[str, str] = {}) -> None:
        """Starts the kernel; does not wait until it answers."""
        self.begun = time.perf_counter()
        self.manager = KernelManager(kernel_name=kernel)
        self.manager.start_kernel(
            cwd=str(NOTEBOOKS),
            env=os.environ | dict(variables),
            # What the kernel itself prints (cargo's progress) is not the table.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.client = self.manager.client()
        self.client.start_channels()

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.begun

    @property
    def pid(self) -> int:
        """The process of the kernel."""
        # The local provisioner, the only one used here, knows the process.
        return int(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def wait_for_reply(self, request: str) -> None:
        """Waits for the reply to a request; a failed cell raises."""
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                left = max(0.0, deadline - time.monotonic())
                reply = self.client.get_shell_msg(timeout=left)
            except queue.Empty:
                raise CellFailed(f"no reply in {LIMIT:.0f} s") from None
            if reply["parent_header"].get("msg_id") != request:
                continue
            if reply["content"]["status"] != "ok":
                raise CellFailed(str(reply["content"]))
            return

    def wait_until_ready(self) -> None:
        """Until the kernel answers on all channels."""
        self.client.wait_for_ready(timeout=LIMIT)

    def execute(self, code: str) -> None:
        """Runs a cell to its end."""
        reply = self.client.execute_interactive(
            code, timeout=LIMIT, output_hook=lambda message: None
        )
        if reply["content"]["status"] != "ok":
            raise CellFailed(f"{code}: {reply['content']}")

    def close(self) -> None:
        """Ends the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel()


@contextmanager
def session(kernel: str, variables: Mapping[str, str] = {}) -> Iterator[Session]:
    """A session that is closed in the end."""
    opened = Session(kernel, variables)
    try:
        yield opened
    finally:
        opened.close()
