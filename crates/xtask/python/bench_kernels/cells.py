"""Trivial cells of three kinds."""

from collections.abc import Callable, Mapping

from bench_kernels.session import Session, timed
from bench_kernels.table import Figures, seconds

KINDS: Mapping[str, Callable[[int], str]] = {
    "expression": lambda n: f"{n} + 1",
    "statement": lambda n: f'println!("{n}");',
    "let": lambda n: f"let v{n} = {n};",
}
"""No cell is a repetition of another."""

LEFT_OUT = 3
"""The first cells of each kind, in which a kernel still warms up."""


def trivial_cells(
    sessions: Mapping[str, Session], figures: Figures, repeats: int
) -> None:
    """Times cells, the kernels by turns, so that drift meets all of them."""
    for name, cell in KINDS.items():
        row = seconds(f"{name} cell, median")
        for n in range(LEFT_OUT + repeats):
            for kernel, session in sessions.items():
                took = timed(lambda: session.execute(cell(n)))
                if n >= LEFT_OUT:
                    figures.add(row, kernel, took)
