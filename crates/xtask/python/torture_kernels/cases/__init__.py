"""The cells, each with a name and what is done to it while it runs."""

from torture_kernels.cases.case import Action, Case
from torture_kernels.cases.ends import ENDS
from torture_kernels.cases.outputs import OUTPUT
from torture_kernels.cases.panics import PANICS
from torture_kernels.cases.processes import COMPILER, PROCESS
from torture_kernels.cases.waits import BLOCKED, LOOPS

ALL = [*LOOPS, *BLOCKED, *ENDS, *PANICS, *OUTPUT, *PROCESS, *COMPILER]
"""Every case; at least forty of them."""

__all__ = ["ALL", "Action", "Case"]
