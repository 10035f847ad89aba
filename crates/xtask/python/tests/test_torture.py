"""Cells that hurt, each on the kernel that `NETLAB_TEST_KERNEL` names.

`NETLAB_TEST_SLOW` says how many times slower than usual the machine is.
"""

import os
from collections.abc import Iterator

import pytest

from torture_kernels.cases import ALL, Case
from torture_kernels.judge import judge
from torture_kernels.session import Session

KERNEL = os.environ.get("NETLAB_TEST_KERNEL", "rust")
SLOW = float(os.environ.get("NETLAB_TEST_SLOW", "1"))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One kernel for all cases: each has to leave it usable."""
    session = Session(KERNEL, SLOW)
    yield session
    session.close()


def test_cases_are_many_and_differ() -> None:
    assert len(ALL) >= 40
    assert len({case.name for case in ALL}) == len(ALL)
    assert len({(case.before, case.source, case.action) for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_next_cell_answers(session: Session, case: Case) -> None:
    verdict = judge(session, case)
    assert verdict.good, verdict.explained
