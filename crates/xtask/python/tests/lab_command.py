"""`cargo lab` as somebody types it, with copies and layouts of their own."""

import fcntl
import json
import os
import re
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, Request, build_opener

ROOT = Path(__file__).resolve().parents[4]
# Long enough for a machine that builds something else at the same time.
WATCHDOG = 120
ADDRESS = re.compile(r"(http://localhost:\d+)(/\S*)\?token=(\w+)")
READY = "Ctrl+C stops it"
NO_BROWSER = "--no-browser"


class Lab:
    """A running `cargo lab`, and its JupyterLab asked as a browser would."""

    def __init__(
        self, desk: Path, *arguments: str, terminal: bool = False, spares: int = 0
    ) -> None:
        self.desk = desk
        # In a pipe, or in a terminal that it is in front of.
        self.output, output = os.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            ["cargo", "lab", *arguments],
            cwd=ROOT,
            env=environment(desk, NETLAB_SPARES=str(spares)),
            stdin=output if terminal else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_in_front if terminal else _heed_keys,
        )
        os.close(output)
        self.said = ""
        self._news = threading.Condition()
        self._is_silent = False
        self._listener = threading.Thread(target=self._listen)
        # It goes on reading: a full pipe would stop the command.
        self._listener.start()
        self.browser = build_opener(HTTPCookieProcessor())

    def _listen(self) -> None:
        with open(self.output, "rb", buffering=0) as output:
            while True:
                try:
                    piece = output.read(4096)
                except OSError:  # How the end of a terminal is told.
                    piece = b""
                with self._news:
                    self.said += (piece or b"").decode(errors="replace")
                    self._is_silent = not piece
                    self._news.notify_all()
                if not piece:
                    return

    def until(self, words: str) -> None:
        """Waits until it has said this."""
        with self._news:
            self._news.wait_for(
                lambda: words in self.said or self._is_silent, WATCHDOG
            )
        assert words in self.said, self.said

    @property
    def address(self) -> str:
        """Host and port, as a browser has them."""
        return self._address()[1]

    @property
    def token(self) -> str:
        return self._address()[3]

    def _address(self) -> re.Match[str]:
        self.until(READY)
        # Another lab may have been named before.
        found = [*ADDRESS.finditer(self.said)]
        assert found, self.said
        return found[-1]

    def server(self) -> dict[str, Any]:
        """What the only JupyterLab of this desk says of itself."""
        [file] = claims(self.desk)
        return dict(json.loads(file.read_text()))

    def get(self, path: str) -> tuple[str, str, bytes]:
        """The address after redirects, the type and the body of a page."""
        sign = "&" if "?" in path else "?"
        url = f"{self.address}{quote(path, safe='/?=&:%')}"
        with self.browser.open(
            f"{url}{sign}token={self.token}", timeout=WATCHDOG
        ) as answer:
            kind = answer.headers.get_content_type()
            return answer.url, kind, answer.read()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[2])

    def post(self, path: str, body: Any) -> Any:
        request = Request(
            f"{self.address}{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
        )
        with self.browser.open(request, timeout=WATCHDOG) as answer:
            return json.loads(answer.read())

    def press(self, key: bytes) -> None:
        """Types a key in the terminal."""
        os.write(self.output, key)

    def ended(self) -> int:
        """Waits for the end; returns the exit code."""
        code = self.process.wait(WATCHDOG)
        self._listener.join(WATCHDOG)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ended()


@contextmanager
def opened(desk: Path, *arguments: str, **manner: Any) -> Iterator[Lab]:
    """A lab that is stopped at the end, whatever becomes of it."""
    lab = Lab(desk, *arguments, **manner)
    try:
        yield lab
    finally:
        try:
            if lab.process.poll() is None:
                lab.stop()
        finally:
            # One that does not stop; JupyterLab ends with it.
            lab.process.kill()


def command(
    desk: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A `cargo lab` that ends by itself."""
    return subprocess.run(
        ["cargo", "lab", *arguments],
        cwd=ROOT,
        env=environment(desk, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WATCHDOG,
    )


def in_clone(
    clone: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A command in a clone, which may be another one, without cargo."""
    return subprocess.run(
        [ROOT / "target/debug/xtask", *arguments],
        cwd=clone,
        env={
            **os.environ,
            "CARGO_MANIFEST_DIR": str(clone / "crates/xtask"),
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WATCHDOG,
    )


def environment(desk: Path, **variables: str) -> dict[str, str]:
    """The surroundings of a person with this desk."""
    return {**os.environ, "NETLAB_DESK": str(desk), **variables}


def claims(desk: Path) -> list[Path]:
    """The files that the Jupyter servers of this desk have left or keep."""
    return [*(desk / "jupyter/runtime").glob("jpserver-*.json")]


def wait_until(what: Callable[[], bool]) -> None:
    """Looks until something outside of this process has happened."""
    deadline = time.monotonic() + WATCHDOG
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _heed_keys() -> None:
    """Ctrl+C is ignored in what a script starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _in_front() -> None:
    _heed_keys()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
