"""From the start of a kernel to its first results."""

from bench_kernels.session import DEP, FIRST_USE, Session, session
from bench_kernels.table import Figures, seconds

ANSWERS = seconds("start until it answers")
FIRST_RESULT = seconds("start to the first result")
LOADED = seconds("start until netlab is loaded")
USED = seconds("start to the first use of netlab")


def first_result(kernel: str, figures: Figures) -> None:
    """Asks who is there and for `1 + 1`, both at once."""
    with session(kernel) as fresh:
        who = fresh.client.kernel_info()
        cell = fresh.client.execute("1 + 1")
        fresh.wait_for_reply(who)
        figures.add(ANSWERS, kernel, fresh.age)
        fresh.wait_for_reply(cell)
        figures.add(FIRST_RESULT, kernel, fresh.age)


def use_netlab(fresh: Session) -> tuple[float, float]:
    """Loads the helper crate and uses it, both cells sent at once: the seconds
    from the start to the end of each."""
    load = fresh.client.execute(DEP)
    use = fresh.client.execute(FIRST_USE)
    fresh.wait_for_reply(load)
    loaded = fresh.age
    fresh.wait_for_reply(use)
    return loaded, fresh.age


def first_use(kernel: str, figures: Figures) -> None:
    """Starts a kernel as a notebook does that is run from its first cell."""
    with session(kernel) as fresh:
        loaded, used = use_netlab(fresh)
        figures.add(LOADED, kernel, loaded)
        figures.add(USED, kernel, used)
