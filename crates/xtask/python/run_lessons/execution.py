"""What one submitted cell has produced so far."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

OUTPUT_MESSAGES = (
    "stream",
    "error",
    "execute_result",
    "display_data",
    "update_display_data",
    "clear_output",
)
IDLE_GRACE = 5.0
"""Seconds after the reply in which the kernel should report that it is idle."""

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Stream:
    """Neighbouring pieces of text on stdout or stderr."""

    name: str
    pieces: list[str]

    @property
    def text(self) -> str:
        """The pieces together."""
        return "".join(self.pieces)

    def as_node(self) -> NotebookNode:
        """The output as a notebook file stores it."""
        return new_output("stream", name=self.name, text=self.text)  # type: ignore[no-untyped-call, no-any-return]


@dataclass(eq=False)
class Execution:
    """One execute request: its outputs, its reply and what stopped it."""

    request: str
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None
    count: int | None = None
    status: str | None = None
    """Status of the reply, once there is one."""
    idle: bool = False
    size: int = 0
    """Number of output messages."""
    over_limit: float | None = None
    """The limit in seconds, if the cell was interrupted for passing it."""
    death: str | None = None
    """Why the kernel is gone since this cell."""
    death_log: str = ""
    fault: str | None = None
    """What is wrong with the way the cell ended, seen from its step."""
    beside: float = 0.0
    """Seconds in which the cells of a client ran, while this one served them."""
    broken_off: str | None = None
    """Why the cell was interrupted although nothing was wrong with it."""
    _outputs: list[Stream | NotebookNode] = field(default_factory=list)
    _displays: dict[str, NotebookNode] = field(default_factory=dict)
    """What can be updated, by its display id."""
    _clears: bool = False
    """The next output takes the place of all before it."""
    _before_interrupt: tuple[str, list[str]] | None = None

    @property
    def done(self) -> bool:
        """Whether the reply and the end of the outputs are there."""
        if self.status is None or self.ended is None:
            return False
        return self.idle or time.monotonic() - self.ended > IDLE_GRACE

    @property
    def seconds(self) -> float:
        """How long the cell ran, or runs by now."""
        return (self.ended or time.monotonic()) - self.started

    @property
    def own_seconds(self) -> float:
        """How long the person waited for this cell and for no other one."""
        return max(0.0, self.seconds - self.beside)

    @property
    def stderr(self) -> str:
        """All text on stderr."""
        return self._text_of("stderr")

    @property
    def stdout(self) -> str:
        """All text on stdout."""
        return self._text_of("stdout")

    @property
    def said(self) -> str:
        """All text on stdout, and the values that the cell shows, as text."""
        texts = [
            "".join(output.pieces)
            if isinstance(output, Stream)
            else output.get("data", {}).get("text/plain", "")
            for output in self._outputs
            if not isinstance(output, Stream) or output.name == "stdout"
        ]
        return "\n".join(texts)

    @property
    def errors(self) -> list[str]:
        """The error messages as plain text, without colours."""
        return [
            _plain(output)
            for output in self._outputs
            if not isinstance(output, Stream) and output.output_type == "error"
        ]

    @property
    def outputs(self) -> list[NotebookNode]:
        """The outputs as a notebook file stores them."""
        return [
            output.as_node() if isinstance(output, Stream) else output
            for output in self._outputs
        ]

    def own_doing(self) -> tuple[str, list[str], bool]:
        """Stderr, errors and "replied *error*", without what an interrupt caused."""
        if self._before_interrupt is not None:
            return *self._before_interrupt, False
        return self.stderr, self.errors, self.status == "error"

    def mark_interrupt(self) -> None:
        """Remembers that what follows is the work of an interrupt."""
        self._before_interrupt = self._before_interrupt or (self.stderr, self.errors)

    def end_by_death(self, reason: str, log: str) -> None:
        """Remembers why the kernel is gone; the first reason counts."""
        if self.death is None:
            self.death, self.death_log = reason, log
            self.ended = self.ended or time.monotonic()

    def take_reply(self, content: dict[str, Any]) -> None:
        """Takes the shell reply."""
        self.ended = time.monotonic()
        self.status = content.get("status", "error")
        self.count = content.get("execution_count", self.count)

    def take_output(self, message: dict[str, Any]) -> None:
        """Appends an output; text of the same stream grows together."""
        self.size += 1
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self._clears = True
            if not content.get("wait"):
                self._clear()
            return
        display = content.get("transient", {}).get("display_id")
        if kind == "update_display_data":
            if display in self._displays:
                self._displays[display].data = content["data"]
            return
        self._clear()
        if kind != "stream":
            output = output_from_msg(message)  # type: ignore[no-untyped-call]
            self._outputs.append(output)
            if display is not None:
                self._displays[display] = output
            return
        name, text = content["name"], content["text"]
        last = self._outputs[-1] if self._outputs else None
        if isinstance(last, Stream) and last.name == name:
            last.pieces.append(text)
        else:
            self._outputs.append(Stream(name, [text]))

    def _clear(self) -> None:
        if self._clears:
            self._outputs.clear()
            self._clears = False

    def remove_from_stderr(self, text: str) -> bool:
        """Takes a text out of stderr again, if it is there."""
        for index in reversed(range(len(self._outputs))):
            output = self._outputs[index]
            if isinstance(output, Stream) and output.name == "stderr":
                if text in output.text:
                    output.pieces = [output.text.replace(text, "")]
                    if not output.text:
                        del self._outputs[index]
                    return True
        return False

    def _text_of(self, name: str) -> str:
        return "".join(
            output.text
            for output in self._outputs
            if isinstance(output, Stream) and output.name == name
        )


def _plain(error: NotebookNode) -> str:
    """The traceback as text; it may lack the value, or be missing."""
    value = _ESCAPES.sub("", error.get("evalue", ""))
    text = _ESCAPES.sub("", "\n".join(error.get("traceback") or []))
    if value not in text:
        text = f"{value}\n{text}"
    return text.strip("\n")
