"""What the set-up does about a toolchain without the sources of std."""

import shutil
import sys
from pathlib import Path

import pytest
from lab_command import in_clone

STD = "lib/rustlib/src/rust/library/std"
COMMAND = "`rustup component add rust-src`"
# As rustup 1.28 says it.
NO_NETWORK = """\
error: component download failed for rust-src
Caused by:
    error sending request for url (https://static.rust-lang.org/dist/rust-src)
    client error (Connect)
    dns error: failed to lookup address information
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Python, and a compiler whose toolchain has no sources."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "python3").symlink_to(Path(sys.executable).resolve())
    for name in ("mkdir", "cat"):
        program = shutil.which(name)
        assert program
        (folder / name).symlink_to(program)
    write(folder / "rustc", f"echo {tmp_path / 'toolchain'}")
    return folder


def write(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def set_up(clone: Path, programs: Path) -> str:
    """Sets up a clone in which the step after that can't be done."""
    done = in_clone(clone, "setup", PATH=str(programs))
    assert done.returncode == 1
    return done.stderr


def test_sources_are_installed_and_the_set_up_goes_on(
    tmp_path: Path, programs: Path
) -> None:
    sources = tmp_path / "toolchain" / STD
    write(
        programs / "rustup",
        f'[ "$*" = "component add rust-src" ] && mkdir -p {sources}',
    )
    said = set_up(tmp_path, programs)
    assert "rust-src, the sources of the standard library: done" in said
    assert "error: can't read" in said, "the step after that"
    assert "rust-src" not in set_up(tmp_path, programs), "once is enough"


def test_without_rustup_there_is_a_way(tmp_path: Path, programs: Path) -> None:
    said = set_up(tmp_path, programs)
    assert COMMAND in said
    assert "https://rustup.rs" in said
    assert "can't run rustup" in said


def test_without_a_network_it_says_so(tmp_path: Path, programs: Path) -> None:
    write(programs / "rustup", f"cat >&2 <<'EOF'\n{NO_NETWORK}EOF\nexit 1")
    said = set_up(tmp_path, programs)
    assert COMMAND in said
    assert "there is no network" in said
    assert "dns error" not in said


def test_what_rustup_says_is_passed_on(tmp_path: Path, programs: Path) -> None:
    write(programs / "rustup", "echo 'toolchain is not installable' >&2; exit 1")
    said = set_up(tmp_path, programs)
    assert COMMAND in said
    assert "toolchain is not installable" in said
