"""The start of a kernel in a lab that has been open for a while.

A kernel that is told to keeps a spare one ready, which the next one takes over.
For a kernel that does not know this it is one more start like the first.
"""

import time

from bench_kernels.session import session
from bench_kernels.start import use_netlab
from bench_kernels.table import Figures, seconds

USED = seconds("start to first use, lab open a while")

VARIABLES = {"NETLAB_SPARES": "1"}
PATIENCE = 60.0
"""Seconds that a spare may take to become ready."""

PAUSE = 15.0
"""Seconds between two starts: each of them uses the spare up."""


def warm_start(kernel: str, figures: Figures, patience: float = PATIENCE) -> None:
    """Starts kernels beside an open one until one is fast, and tells how fast;
    if none is within `patience`, how fast the last one was."""
    with session(kernel, VARIABLES) as first:
        _, cold = use_netlab(first)
        begun = time.monotonic()
        while True:
            time.sleep(PAUSE)
            with session(kernel, VARIABLES) as second:
                _, used = use_netlab(second)
            if used < cold / 2 or time.monotonic() - begun > patience:
                break
        figures.add(USED, kernel, used)
