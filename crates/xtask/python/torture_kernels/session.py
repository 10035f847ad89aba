"""One kernel under torture, started again when it does not survive."""

import queue
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

NOTEBOOKS = Path(__file__).resolve().parents[4] / "notebooks"
START_SECONDS = 120.0
RUNS = "the cell runs"
"""What a cell prints that is to be interrupted."""
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Outcome:
    """What one cell produced."""

    status: str | None = None
    """Status of the reply; None: it did not come in time."""
    seconds: float = 0.0
    stdout: str = ""
    said: str = ""
    """Errors and stderr, as the user reads them."""
    result: str = ""
    interrupts: int = 0
    after_interrupt: float | None = None
    """Seconds from the first interrupt to the end."""
    asked: list[str] = field(default_factory=list)


class Session:
    """A kernel and one client."""

    def __init__(self, kernel: str, slow: float = 1.0) -> None:
        """Starts the kernel on a machine that is so many times slower than
        usual."""
        self._kernel = kernel
        self._slow = slow
        self._manager: KernelManager | None = None
        self.starts = 0
        self.start()

    def start(self) -> None:
        """Starts a fresh kernel in the place of the old one."""
        self.close()
        self.starts += 1
        self._manager = KernelManager(kernel_name=self._kernel)
        self._manager.start_kernel(
            cwd=str(NOTEBOOKS), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=START_SECONDS * self._slow)

    def close(self) -> None:
        """Ends the kernel, whatever state it is in."""
        if self._manager is not None:
            self._client.stop_channels()
            self._manager.shutdown_kernel(now=True)
            self._manager = None

    def run(
        self, source: str, limit: float, action: str = "nothing", patience: float = 2.5
    ) -> Outcome:
        """Runs a cell for at most `limit` seconds, with interrupts on the way."""
        limit, patience = limit * self._slow, patience * self._slow
        outcome = Outcome()
        begun = time.monotonic()
        asked = action == "input"
        presses = {"interrupt": 1, "interrupt twice": 2}.get(action, 0)
        if presses:
            source = f'println!("{RUNS}");\n{source}'
        request = self._client.execute(source, allow_stdin=asked, stop_on_error=False)
        # Compiling comes first, and an interrupt would end that: the cell says
        # when it runs.
        press_at: float | None = None
        runs = replied = idle = False
        while time.monotonic() < begun + limit and not (replied and idle):
            for message in self._messages():
                kind, content = message["msg_type"], message["content"]
                if message.get("parent_header", {}).get("msg_id") != request:
                    continue
                if kind == "execute_reply":
                    outcome.status, replied = content["status"], True
                    outcome.seconds = time.monotonic() - begun
                elif kind == "input_request":
                    outcome.asked.append(content["prompt"])
                    self._client.input("42")
                elif kind == "status":
                    idle = content["execution_state"] == "idle"
                else:
                    _take(outcome, kind, content)
                runs = runs or RUNS in outcome.stdout
            now = time.monotonic()
            if presses and press_at is None and runs:
                press_at = now + 1.0
            if presses and press_at is not None and now > press_at and not replied:
                assert self._manager is not None
                self._manager.interrupt_kernel()
                outcome.interrupts += 1
                presses, press_at = presses - 1, now + patience
                if outcome.interrupts == 1:
                    first = now
        if outcome.interrupts and replied:
            outcome.after_interrupt = begun + outcome.seconds - first
        return outcome

    def _messages(self) -> list[dict[str, Any]]:
        found = []
        for receive in (
            self._client.get_iopub_msg,
            self._client.get_shell_msg,
            self._client.get_stdin_msg,
        ):
            # A thread that prints for ever keeps one channel busy.
            until = time.monotonic() + 0.1
            try:
                while time.monotonic() < until:
                    found.append(receive(timeout=0.01))
            except queue.Empty:
                continue
        return found


def _take(outcome: Outcome, kind: str, content: dict[str, Any]) -> None:
    if kind == "stream" and content["name"] == "stdout":
        # The whole of 100 MB is of no interest.
        outcome.stdout = (outcome.stdout + content["text"])[-100_000:]
    elif kind == "stream":
        outcome.said = (outcome.said + _plain(content["text"]))[-100_000:]
    elif kind == "error":
        lines = [content["ename"], content["evalue"], *content["traceback"]]
        outcome.said += _plain("\n".join(lines))
    elif kind in ("execute_result", "display_data"):
        outcome.result = content["data"].get("text/plain", "")


def _plain(text: str) -> str:
    return _ESCAPES.sub("", text)
