"""Executes lessons headless in fresh kernels and reports what went wrong.

`cargo lab run` calls it as `python -m run_lessons --kernel rust NOTEBOOK …`.

A kernel's reply is no proof that a cell worked: evcxr answers *ok* to a panic
and to a failed `?`. So a cell passes only if it replied *ok* and wrote nothing
to stderr, or if it failed in exactly the way its metadata announces.

# Layout, in reading order

- `places`: on which track and in which section each cell stands
- `notebook`: a notebook file as the list of cells to execute
- `lesson`: which notebooks belong together (`NAME` and `NAME-client`)
- `plan`: the order in which the cells of one lesson run, steps included
- `execution`: what one submitted cell has produced so far
- `procfs`: processes, threads, ports and open files as `/proc` tells them
- `system_objects`: shared memory, queues, semaphores, temporary files
- `kernel_process`: one kernel process, its child that runs the cells, its end
- `kernel`: the conversation with it: submit, collect, interrupt
- `verdict`: does an execution fit what its cell announces?
- `leftovers`: what a notebook left behind in its kernel
- `results`: what became of the cells of one notebook
- `lesson_run`: executes a plan on one or two kernels
- `times`: how long the cells of each section take, beside its minutes
- `progress`, `report`: what the person sees meanwhile and afterwards
- `cli`: arguments and exit codes

# Tracks

`--track core` executes what a lecturer shows, and skips as `extra` the cells of
slides whose first cell says `netlab.track` `extra`, and those of type `skip`
(exercises). A step whose server cell is extra is left out with its clients.
A core cell must not need an extra one; this run shows whether it does.

# Cell metadata (`netlab.…`)

- `expect`: the cell must fail: `panic`, `timeout`, or a text that the error
  must contain, such as `E0382`
- `track`, `minutes`: on the first cell of a slide; `core` is the default track,
  and the minutes of a section are the sum of its core slides
- `limit`: seconds the cell may take, instead of the default
- `serve`, `ends`: the cell blocks while the client notebook runs the step of
  that name; it ends by itself (`close`, the default) or is interrupted
  (`interrupt`)
- `client_of`: the cell belongs to the step of that name
- `exercise`, `solution`: the name of an exercise, on its cells and on those of
  its solution. They run in order like all others, with one exception: in the
  place of the first exercise cell with `todo!()` the solution of that name runs
  instead, all exercise cells with `todo!()` are skipped, and so is the place of
  the solution itself. A `todo!()` without a solution runs, and panics. The
  check of an exercise prints `✓` or `✗`, or shows it as a value, and the first
  one counts: a solution that it refuses is a
  failure, and so is a stub that it accepts.

Cells with the tag `skip-execution` are skipped; a solution that
replaces a `todo!()` runs nevertheless.
"""
