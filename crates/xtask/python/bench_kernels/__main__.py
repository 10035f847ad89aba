"""`python -m bench_kernels KERNEL [KERNEL …]`: one table, the last kernel is the peer.

Each figure is taken in the same run on the same machine, one kernel after the
other, so that the ratio means something even where the seconds do not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_client.manager import KernelManager

NOTEBOOKS = Path(__file__).resolve().parents[4] / "notebooks"
DEP = ':dep netlab = { path = "../crates/netlab" }'
REPEATS = 9
LIMIT = 300


def timed(action: Callable[[], object]) -> float:
    """Seconds that `action` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


class Session:
    """A fresh kernel and one client."""

    def __init__(self, kernel: str) -> None:
        self.manager = KernelManager(kernel_name=kernel)
        # What the kernel itself prints (cargo's progress) is not the table.
        self.manager.start_kernel(cwd=str(NOTEBOOKS), stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()

    def wait_until_ready(self) -> None:
        """Until the kernel has answered its first `kernel_info_request`."""
        self.client.wait_for_ready(timeout=LIMIT)

    def execute(self, code: str) -> None:
        """Runs a cell to its end; a cell that fails ends the measurement."""
        reply = self.client.execute_interactive(
            code, timeout=LIMIT, output_hook=lambda message: None
        )
        if reply["content"]["status"] != "ok":
            sys.exit(f"the cell failed, so there is nothing to measure: {code}")

    def close(self) -> None:
        """Ends the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def median(session: Session, cell: Callable[[int], str]) -> float:
    """Median over several cells that differ, so that none is a repetition."""
    return statistics.median(
        timed(lambda n=n: session.execute(cell(n))) for n in range(REPEATS)
    )


def measure(kernel: str) -> dict[str, float]:
    """All figures of one kernel, in the order in which a lesson meets them."""
    session: Session | None = None
    try:
        started = time.perf_counter()
        session = Session(kernel)
        figures = {"start until it answers": timed(session.wait_until_ready)}
        figures["start until it answers"] = time.perf_counter() - started
        figures[":dep netlab"] = timed(lambda: session.execute(DEP))
        figures["first use of netlab"] = timed(
            lambda: session.execute(
                "let probe = netlab::client::Timeouts::default();"
            )
        )
        figures["start to first use"] = time.perf_counter() - started
        figures["expression cell, median"] = median(session, lambda n: f"{n} + 1")
        figures["statement cell, median"] = median(
            session, lambda n: f'println!("{n}");'
        )
        figures["let cell, median"] = median(session, lambda n: f"let v{n} = {n};")
        return figures
    finally:
        if session is not None:
            session.close()


def main(kernels: list[str]) -> None:
    """Measures every kernel and prints the table."""
    columns = {kernel: measure(kernel) for kernel in kernels}
    peer = kernels[-1]
    head = "".join(f"{kernel:>14}" for kernel in kernels)
    print(f"{'seconds':<26}{head}{'ratio':>9}")
    for row in columns[peer]:
        cells = "".join(f"{columns[kernel][row]:>14.2f}" for kernel in kernels)
        ratio = columns[peer][row] / columns[kernels[0]][row]
        print(f"{row:<26}{cells}{ratio:>8.1f}x")


if __name__ == "__main__":
    main(sys.argv[1:] or ["rust", "rust-evcxr"])
