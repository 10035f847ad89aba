"""A blocked `accept` is interrupted."""

import time
from collections.abc import Mapping

from bench_kernels.session import LIMIT, CellFailed, Session
from bench_kernels.table import Figures, seconds, text

TO_IDLE = seconds("■ in accept until the cell has ended", digits=3)
TO_NEXT = seconds("■ in accept until the next cell is done")
KEPT = text("variables of earlier cells after that")

BLOCKED = """
let l = std::net::TcpListener::bind("127.0.0.1:0")?;
println!("waits");
l.accept()?;
"""
SETTLE = 0.5
"""From the line that the cell prints until it certainly waits."""


def interrupts(
    sessions: Mapping[str, Session], figures: Figures, repeats: int
) -> None:
    """Interrupts each kernel so many times, the kernels by turns."""
    for _ in range(repeats):
        for kernel, session in sessions.items():
            interrupt(kernel, session, figures)


def interrupt(kernel: str, session: Session, figures: Figures) -> None:
    """Interrupts a cell that waits, and looks what is left."""
    session.execute("let kept = 41;")
    cell = session.client.execute(BLOCKED)
    _wait_for(session, cell, "stream", "waits")
    time.sleep(SETTLE)
    begun = time.perf_counter()
    session.manager.interrupt_kernel()
    _wait_for(session, cell, "status", "idle")
    figures.add(TO_IDLE, kernel, time.perf_counter() - begun)
    session.execute("1 + 1")
    figures.add(TO_NEXT, kernel, time.perf_counter() - begun)
    try:
        session.execute("kept + 1")
        figures.add(KEPT, kernel, "kept")
    except CellFailed:
        figures.add(KEPT, kernel, "lost")


def _wait_for(session: Session, cell: str, kind: str, word: str) -> None:
    """Waits for a message of a cell that contains a word."""
    deadline = time.monotonic() + LIMIT
    while True:
        message = session.client.get_iopub_msg(timeout=deadline - time.monotonic())
        if (
            message["msg_type"] == kind
            and message["parent_header"].get("msg_id") == cell
            and word in str(message["content"])
        ):
            return
