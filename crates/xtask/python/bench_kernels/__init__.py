"""Times the kernels of the lab side by side.

`python -m bench_kernels KERNEL [KERNEL …]` prints one table; the last kernel is
the peer that the others are compared with. Each figure is taken in the same
run on the same machine, the kernels by turns, so that the ratio means
something even where the seconds do not.

# Layout, in reading order

- `session`: one kernel and one client
- `start`: from the start of a kernel to its first results
- `warm_start`: the same in a lab that has been open for a while
- `cells`: trivial cells of three kinds
- `interrupt`: a blocked `accept`, and what is left after it
- `throughput`: a cell that prints much
- `memory`: all processes of a kernel
- `table`: figures, ratios, and how they are printed
- `__main__`: which figures, in which order
"""
