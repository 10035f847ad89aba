//! The program that [`python`](super::python()) gives to the interpreter.

/// How many threads count, and how often each.
pub(super) const THREADS: u64 = 5;
pub(super) const INCREMENTS: u64 = 1_000_000;

/// Two experiments; the results are lines `name=value`.
///
/// The program ends by itself: the alarm kills it after the seconds given as
/// its argument, and it exits when its standard input is closed, which the
/// system does if the process that has started it is killed.
pub(super) const SCRIPT: &str = r#"
import os, signal, sys, threading, time

signal.alarm(int(sys.argv[1]))

def watch_parent():
    os.read(0, 1)
    os._exit(1)

threading.Thread(target=watch_parent, daemon=True).start()

THREADS, INCREMENTS = int(sys.argv[2]), int(sys.argv[3])
num = 0

def add():
    global num
    for _ in range(INCREMENTS):
        num += 1

def compute():
    number = 1
    for _ in range(600000):
        number = number * 69069 % 4294967296

def together(body, threads):
    threads = [threading.Thread(target=body) for _ in range(threads)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin

seconds = together(add, THREADS)
sequential = min(together(compute, 1) + together(compute, 1) for _ in range(2))
parallel = min(together(compute, 2) for _ in range(2))
gil = getattr(sys, "_is_gil_enabled", lambda: True)()
print("version=%d.%d.%d" % sys.version_info[:3])
print("gil=%d" % gil)
print("result=%d" % num)
print("seconds=%f" % seconds)
print("sequential=%f" % sequential)
print("parallel=%f" % parallel)
"#;
