"""What `cargo lab` says from its start to its end."""

import signal
from pathlib import Path

import pytest
from lab_command import ADDRESS, NO_BROWSER, opened, wait_until

CTRL_C = b"\x03"
CTRL_C_SHOWN = "^C"
STOPPED = "JupyterLab and its kernels have ended."


def processes_with(words: str) -> list[int]:
    """The processes whose command line has these words."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            continue
        if words in line:
            found.append(int(file.parent.name))
    return found


def test_ctrl_c_ends_everything_at_once(tmp_path: Path) -> None:
    with opened(tmp_path, NO_BROWSER, terminal=True, spares=1) as lab:
        lab.until("Ctrl+C")
        spares = f"spare --lab {lab.server()['pid']}"
        wait_until(lambda: processes_with(spares) != [])
        lab.post("/api/kernels", {"name": "rust"})
        kernels = str(tmp_path / "jupyter/runtime/kernel-")
        wait_until(lambda: processes_with(kernels) != [])
        lab.press(CTRL_C)
        assert lab.ended() == 0
        assert lab.said.rstrip().endswith(STOPPED), lab.said
        assert "?" not in lab.said[lab.said.index(CTRL_C_SHOWN) :], "it asks back"
        assert processes_with(kernels) == []
        wait_until(lambda: processes_with(spares) == [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with opened(tmp_path, NO_BROWSER) as lab:
        lab.until("Ctrl+C")
        assert lab.stop(number) == 0
        assert lab.said.rstrip().endswith(STOPPED), lab.said
    assert [*(tmp_path / "jupyter/runtime").glob("*.json")] == []
    assert [*(tmp_path / "jupyter/runtime").glob("netlab-*")] == []


def test_output_is_for_people_and_the_log_is_a_file(tmp_path: Path) -> None:
    with opened(tmp_path, NO_BROWSER) as lab:
        lab.until("Ctrl+C")
        lines = lab.said.splitlines()
        assert len(lines) == 2, lab.said
        assert len(ADDRESS.findall(lab.said)) == 1
        log = tmp_path / "jupyter/lab.log"
        assert str(log) in lines[-1]
        assert "ServerApp" in log.read_text()
        assert log.stat().st_mode & 0o077 == 0, "others could read the token"


def test_failed_start_shows_why(tmp_path: Path) -> None:
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter/runtime").write_text("not a directory")
    with opened(tmp_path, NO_BROWSER) as lab:
        assert lab.ended() == 1
        assert "JupyterLab has ended by itself" in lab.said
        assert "exists but is not a directory" in lab.said
        assert str(tmp_path / "jupyter/lab.log") in lab.said
        assert len(lab.said.splitlines()) < 20
