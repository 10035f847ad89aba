"""`python -m torture_kernels KERNEL …`: a table with a column for each kernel."""

import argparse
import sys

from torture_kernels import cases
from torture_kernels.judge import Verdict, judge
from torture_kernels.session import Session


def torture(kernel: str, chosen: list[cases.Case], slow: float) -> list[Verdict]:
    """Runs the cases on one kernel, one after the other."""
    session = Session(kernel, slow)
    try:
        verdicts = []
        for case in chosen:
            verdict = judge(session, case)
            print(f"{kernel}: {verdict.explained}", file=sys.stderr, flush=True)
            verdicts.append(verdict)
        return verdicts
    finally:
        session.close()


def main() -> int:
    """Returns 1 if the first kernel does not pass every case."""
    parser = argparse.ArgumentParser(prog="python -m torture_kernels")
    parser.add_argument("kernels", nargs="*", default=["rust", "rust-evcxr"])
    parser.add_argument(
        "--only", action="append", help="cases whose names contain this"
    )
    parser.add_argument(
        "--slow", type=float, default=1.0, help="how many times slower than usual"
    )
    options = parser.parse_args()
    chosen = [
        case
        for case in cases.ALL
        if any(part in case.name for part in options.only or [""])
    ]
    columns = [torture(kernel, chosen, options.slow) for kernel in options.kernels]
    print(f"| cell | {' | '.join(f'`{kernel}`' for kernel in options.kernels)} |")
    print("|---" * (len(columns) + 1) + "|")
    for row in zip(*columns, strict=True):
        words = (f"{'' if one.good else '✗ '}{one.word}" for one in row)
        print(f"| {row[0].case.name} | {' | '.join(words)} |")
    for verdicts, kernel in zip(columns, options.kernels, strict=True):
        good = sum(verdict.good for verdict in verdicts)
        print(f"\n`{kernel}`: {good} of {len(verdicts)}", end="")
    print()
    return 0 if all(verdict.good for verdict in columns[0]) else 1


if __name__ == "__main__":
    sys.exit(main())
