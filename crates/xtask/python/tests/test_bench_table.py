"""The table of the measurements; no kernel is needed."""

import os
import subprocess
import sys

from bench_kernels import memory
from bench_kernels.table import Figures, rate, seconds, size, text


def lines(figures: Figures) -> list[list[str]]:
    return [line.split() for line in figures.table().splitlines()]


def test_ratio_says_who_is_better() -> None:
    figures = Figures(["ours", "peer"])
    for row, ours, peer in [
        (seconds("time"), 0.5, 1.0),
        (seconds("long"), 3.0, 1.0),
        (rate("output"), 30.0, 10.0),
        (size("memory"), 110.0, 100.0),
        (seconds("even"), 1.0, 1.001),
    ]:
        figures.add(row, "ours", ours)
        figures.add(row, "peer", peer)
    assert lines(figures) == [
        ["ours", "peer"],
        ["time", "0.50", "s", "1.00", "s", "2.00x", "faster"],
        ["long", "3.00", "s", "1.00", "s", "3.00x", "slower"],
        ["output", "30.0", "MB/s", "10.0", "MB/s", "3.00x", "faster"],
        ["memory", "110", "MB", "100", "MB", "1.10x", "larger"],
        ["even", "1.00", "s", "1.00", "s", "the", "same"],
    ]


def test_median_of_several_values_counts() -> None:
    figures = Figures(["ours"])
    row = seconds("time")
    for value in (9.0, 1.0, 2.0):
        figures.add(row, "ours", value)
    assert figures.value(row, "ours") == 2.0
    assert lines(figures) == [["ours"], ["time", "2.00", "s"]]


def test_words_are_not_compared() -> None:
    figures = Figures(["ours", "peer"])
    row = text("variables")
    for word in ("kept", "lost", "kept"):
        figures.add(row, "ours", word)
    assert lines(figures)[1] == ["variables", "kept/lost", "-"]


def test_columns_are_aligned() -> None:
    figures = Figures(["ours", "peer"])
    for name in ("a", "a longer name"):
        figures.add(seconds(name), "ours", 10.0)
        figures.add(seconds(name), "peer", 1.0)
    table = figures.table().splitlines()
    assert len({line.index("1.00 s") for line in table[1:]}) == 1
    assert table[0].index("peer") + len("peer") == table[1].index("1.00 s") + 6


def test_memory_counts_the_children() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
    ) as child:
        family = memory.family(os.getpid())
        assert family[0] == os.getpid()
        assert child.pid in family
        child.communicate(b"\n")
