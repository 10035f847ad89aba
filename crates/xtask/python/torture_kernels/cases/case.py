"""What a case is."""

import textwrap
from dataclasses import dataclass
from typing import Literal

Action = Literal["nothing", "interrupt", "interrupt twice", "input"]


@dataclass(frozen=True)
class Case:
    """One cell that hurts."""

    name: str
    source: str
    action: Action = "nothing"
    """`interrupt` presses the button once the cell blocks or has run for a
    second; `twice` presses again when it goes on; `input` answers a prompt."""
    may_lose: bool = False
    """Whether variables may be lost: the process itself is destroyed, by a
    signal, an exit, or the second interrupt."""
    error: str | None = None
    """A word that the reported error must contain; None: the cell succeeds."""
    stdout: str | None = None
    """A text that must arrive on stdout."""
    before: str | None = None
    """A cell that runs before and must succeed."""
    leaves: bool = False
    """Whether it leaves something running that must not meet the next case."""


def case(name: str, source: str, **rest: object) -> Case:
    """A case whose source is indented as the code around it."""
    return Case(name, textwrap.dedent(source).strip(), **rest)  # type: ignore[arg-type]


NETLAB = ':dep netlab = { path = "../crates/netlab" }'
"""The line with which the notebooks load the helper crate."""

SETRLIMIT = """
#[repr(C)] struct Limit { now: u64, most: u64 }
unsafe extern "C" { fn setrlimit(which: i32, limit: *const Limit) -> i32; }
"""
"""`setrlimit(2)`, for cells that set limits for their process."""
