"""Cells that a student may write by mistake, and what a kernel makes of them.

`python -m torture_kernels KERNEL …` runs every case on each kernel and prints
a table, the one in the README of `netlab-kernel`; with one kernel it says
more about each case.

# Layout, in reading order

- `cases`: the cells, each with a name and what is done to it
- `session`: one kernel that survives, or is started again
- `judge`: what happened, in one word, and whether that is good enough
- `__main__`: the table
"""
