"""A JupyterLab of its own: the configuration of the repository, the notebooks
of the repository, and nothing saved.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class LabFailed(Exception):
    """JupyterLab did not start; the text is the end of its log."""


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab."""

    origin: str
    """Host and port, as they stand in an address."""
    rendezvous: Path
    """Where server cells publish their addresses."""

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://{self.origin}/{path}"

    def ask(self, method: str, path: str) -> Any:
        """Talks to the server's own interface."""
        request = urllib.request.Request(self.url(f"api/{path}"), method=method)
        with urllib.request.urlopen(request, timeout=STOP_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def kernel_of(self, notebook: str) -> str:
        """The id of the kernel that runs a notebook, `notebooks/01-a.ipynb`."""
        sessions = self.ask("GET", "sessions")
        return next(s["kernel"]["id"] for s in sessions if s["path"] == notebook)

    def end_kernels(self) -> None:
        """Ends the kernels of all notebooks."""
        for session in self.ask("GET", "sessions"):
            self.ask("DELETE", f"sessions/{session['id']}")


@contextmanager
def started(root: Path, scratch: Path) -> Iterator[LabServer]:
    """Starts JupyterLab for the repository at `root`; ends it and its kernels.

    The environment is that of this process, except for the directories that
    JupyterLab writes into: they lie in `scratch`.
    """
    runtime, settings = scratch / "runtime", scratch / "settings"
    rendezvous = scratch / "rendezvous"
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": os.environ.get(
            "JUPYTER_CONFIG_DIR", str(root / ".jupyter")
        ),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
        "NETLAB_RENDEZVOUS": str(rendezvous),
    }
    _never_save(settings)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        f"--ServerApp.root_dir={root}",
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
        *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
        f"--FileCheckpoints.checkpoint_dir={scratch / 'checkpoints'}",
    ]
    with (scratch / "lab.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=log
        )
    try:
        yield LabServer(_wait_for(process, runtime, scratch / "lab.log"), rendezvous)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _never_save(settings: Path) -> None:
    """Running a cell changes a notebook; after two minutes it would be saved."""
    folder = settings / "@jupyterlab" / "docmanager-extension"
    folder.mkdir(parents=True)
    (folder / "plugin.jupyterlab-settings").write_text('{"autosave": false}')


def _wait_for(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Waits until the server answers; returns its host and port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                port = json.loads(file.read_text())["port"]
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5)
            except (OSError, ValueError, urllib.error.URLError):
                continue
            return f"127.0.0.1:{port}"
        time.sleep(0.1)
    raise LabFailed(log.read_text()[-2000:])
