"""Figures, ratios, and how they are printed."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One figure: what is measured, and which way is better."""

    name: str
    unit: str = ""
    digits: int = 0
    better: str = ""
    """The word for a first kernel that is better than its peer."""

    worse: str = ""
    less: bool = True
    """Whether less is better."""


def seconds(name: str, digits: int = 2) -> Row:
    """A time."""
    return Row(name, "s", digits, "faster", "slower")


def rate(name: str) -> Row:
    """Megabytes in a second."""
    return Row(name, "MB/s", 1, "faster", "slower", less=False)


def size(name: str) -> Row:
    """Megabytes."""
    return Row(name, "MB", 0, "smaller", "larger")


def text(name: str) -> Row:
    """A word."""
    return Row(name)


@dataclass
class Figures:
    """Everything that was measured; of several values the median counts."""

    kernels: Sequence[str]
    """The first one is ours, the last one the peer."""

    _values: dict[Row, dict[str, list[float | str]]] = field(default_factory=dict)

    def add(self, row: Row, kernel: str, value: float | str) -> None:
        """Adds one measurement."""
        self._values.setdefault(row, {}).setdefault(kernel, []).append(value)

    def value(self, row: Row, kernel: str) -> float | str | None:
        """The median; of words, all different ones."""
        values = self._values.get(row, {}).get(kernel)
        if not values:
            return None
        numbers = [value for value in values if isinstance(value, (int, float))]
        if numbers:
            return statistics.median(numbers)
        return "/".join(dict.fromkeys(map(str, values)))

    def table(self) -> str:
        """The table: a column for each kernel, and who is how much better."""
        lines = [["", *self.kernels, ""]]
        for row in self._values:
            shown = [_shown(row, self.value(row, kernel)) for kernel in self.kernels]
            lines.append([row.name, *shown, self._comparison(row)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                part.rjust(width) if 0 < at <= len(self.kernels) else part.ljust(width)
                for at, (part, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def _comparison(self, row: Row) -> str:
        if len(self.kernels) < 2:
            return ""
        ours = self.value(row, self.kernels[0])
        peer = self.value(row, self.kernels[-1])
        if not (isinstance(ours, float) and isinstance(peer, float)):
            return ""
        if not (ours > 0 and peer > 0):
            return ""
        gain = peer / ours if row.less else ours / peer
        word, factor = (row.better, gain) if gain >= 1 else (row.worse, 1 / gain)
        return f"{factor:.2f}x {word}" if f"{factor:.2f}" != "1.00" else "the same"


def _shown(row: Row, value: float | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:.{row.digits}f} {row.unit}"
