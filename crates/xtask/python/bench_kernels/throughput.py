"""A cell that prints much."""

import json
import re
import time
from collections.abc import Mapping

from bench_kernels.session import LIMIT, CellFailed, Session
from bench_kernels.table import Figures, rate

PRINTED = rate("output of a cell that prints 64 MB")

MEGABYTES = 64
CELL = f"""
let line = "x".repeat(999);
let now = std::time::SystemTime::now();
println!("begins {{}}", now.duration_since(std::time::UNIX_EPOCH)?.as_secs_f64());
for _ in 0..{MEGABYTES} * 1000 {{ println!("{{line}}"); }}
"""

_BEGINS = re.compile(rb"begins ([0-9.]+)")
_DELIMITER = b"<IDS|MSG>"


def throughput(sessions: Mapping[str, Session], figures: Figures) -> None:
    """Times the output from the moment that the cell tells to its end, which
    comes when the kernel has read all of it."""
    for kernel, session in sessions.items():
        request = session.client.execute(CELL)
        deadline = time.monotonic() + LIMIT
        begun = None
        while b'"idle"' not in (content := _next(session, request, deadline)):
            if begun is None and (told := _BEGINS.search(content)):
                begun = float(told[1])
        ended = time.time()
        session.wait_for_reply(request)
        if begun is None:
            raise CellFailed("the cell does not tell when it begins")
        figures.add(PRINTED, kernel, MEGABYTES / (ended - begun))


def _next(session: Session, request: str, deadline: float) -> bytes:
    """The content of the next message that a cell has caused, taken from the
    socket as it is: there may be very many."""
    socket = session.client.iopub_channel.socket
    while socket.poll(max(0, int((deadline - time.monotonic()) * 1000))):
        parts = socket.recv_multipart()
        at = parts.index(_DELIMITER)
        _, parent, _, content = parts[at + 2 : at + 6]
        if json.loads(parent).get("msg_id") == request:
            return bytes(content)
    raise CellFailed(f"the cell has not ended in {LIMIT:.0f} s")
