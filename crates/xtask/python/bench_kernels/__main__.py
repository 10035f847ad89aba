"""`python -m bench_kernels KERNEL [KERNEL …]`: one table."""

import argparse
import os
import sys
from contextlib import ExitStack

from bench_kernels.cells import trivial_cells
from bench_kernels.interrupt import interrupts
from bench_kernels.memory import memory
from bench_kernels.session import CellFailed, Session, session
from bench_kernels.start import first_result, first_use, use_netlab
from bench_kernels.table import Figures
from bench_kernels.throughput import throughput
from bench_kernels.warm_start import PATIENCE, warm_start


def measure(figures: Figures, starts: int, repeats: int) -> None:
    """Takes all figures, in the order in which a lesson meets them."""
    for _ in range(starts):
        for kernel in figures.kernels:
            _say(f"{kernel}: starts")
            first_result(kernel, figures)
            first_use(kernel, figures)
    for kernel in figures.kernels:
        _say(f"{kernel}: starts beside an open one")
        # Nobody keeps a spare for the peer.
        ours = kernel == figures.kernels[0]
        warm_start(kernel, figures, PATIENCE if ours else 0)
    with ExitStack() as stack:
        sessions: dict[str, Session] = {}
        for kernel in figures.kernels:
            sessions[kernel] = stack.enter_context(session(kernel))
            use_netlab(sessions[kernel])
            sessions[kernel].wait_until_ready()
        memory(sessions, figures)
        _say("cells")
        trivial_cells(sessions, figures, repeats)
        _say("output")
        throughput(sessions, figures)
        _say("interrupts")
        interrupts(sessions, figures, repeats=3)


def main() -> int:
    """Measures the kernels and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench_kernels")
    parser.add_argument("kernels", nargs="*", default=["rust", "rust-evcxr"])
    parser.add_argument("--starts", type=int, default=3, help="starts of each kernel")
    parser.add_argument("--repeats", type=int, default=15, help="cells of each kind")
    options = parser.parse_args()
    figures = Figures(options.kernels)
    before = os.getloadavg()[0]
    try:
        measure(figures, options.starts, options.repeats)
    except CellFailed as failed:
        print(f"A cell failed, so there is nothing to measure: {failed}")
        return 1
    print(figures.table())
    after = os.getloadavg()[0]
    print(
        f"\n{os.cpu_count()} cores, load {before:.1f} before and {after:.1f} after; "
        f"medians of {options.starts} starts and {options.repeats} cells"
    )
    return 0


def _say(what: str) -> None:
    print(f"· {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
