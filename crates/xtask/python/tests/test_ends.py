"""What is left at the end of a notebook, and kernels that do not reach it."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from notebook_writer import (
    KERNEL,
    Report,
    code,
    command,
    environment,
    processes_in,
    prose,
    run,
    run_verbose,
    write,
)

PARK = "loop { std::thread::park(); }"

CLEAN = [
    prose("heading", "# A lesson that tidies up"),
    code("listener", 'let l = std::net::TcpListener::bind("127.0.0.1:0")?;'),
    code("drop-listener", "drop(l);"),
    code("child", 'std::process::Command::new("true").status()?.success()'),
    code(
        "objects",
        """
        let file = std::env::temp_dir().join("tidy.txt");
        std::fs::write(&file, "")?;
        std::fs::remove_file(&file)?;
        """,
    ),
    # It is still running when the last cell ends, but not for long.
    code(
        "ending-thread",
        """
        use std::{thread, time::Duration};
        thread::spawn(|| thread::sleep(Duration::from_millis(300)));
        """,
    ),
]

UNTIDY = [
    code(
        "thread",
        f"""
        std::thread::Builder::new().name("forgotten".into()).spawn(|| {PARK})?;
        """,
    ),
    code(
        "listener",
        """
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        println!("{}", listener.local_addr()?);
        """,
    ),
    code(
        "child",
        """
        use std::process::Command;
        Command::new("sleep").arg("601").spawn()?;
        Command::new("sh").args(["-c", "sleep 602 &"]).status()?;
        Command::new("true").spawn()?;
        """,
    ),
    code(
        "objects",
        """
        std::fs::write(std::env::temp_dir().join("forgotten.txt"), "")?;
        std::fs::write(format!("/dev/shm/netlab-forgotten-{}", std::process::id()), "")?;
        unsafe extern "C" { fn shmget(key: i32, size: usize, flags: i32) -> i32; }
        let made = unsafe { shmget(0, 64, 0o600) };
        println!("{}", made >= 0);
        """,
    ),
]

KILLED = [
    code("before", "1 + 1"),
    code(
        "kill",
        """
        let kernel = std::os::unix::process::parent_id().to_string();
        std::process::Command::new("kill").args(["-9", &kernel]).status()?;
        loop { std::thread::park(); }
        """,
    ),
    code("behind", "2 + 2"),
]

# On the stock kernel the interrupt ends the process that runs the cells, but
# evcxr goes on waiting for the build script. Ours ends the compiler.
DEAF = [
    code("slow", ':dep slow = { path = "slow" }', limit=1),
    code("behind", "2 + 2"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ends")
    crate = folder / "slow"
    crate.joinpath("src").mkdir(parents=True)
    crate.joinpath("src/lib.rs").write_text("")
    crate.joinpath("build.rs").write_text(f"fn main() {{ {PARK} }}")
    crate.joinpath("Cargo.toml").write_text(
        '[package]\nname = "slow"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n'
    )
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Iterator[Report]:
    report = run_verbose(
        write(folder / "clean.ipynb", *CLEAN),
        write(folder / "untidy.ipynb", *UNTIDY),
        write(folder / "killed.ipynb", *KILLED),
    )
    yield report
    # They outlive their kernel, which is what the report must say of them.
    for path in re.findall(r"/dev/shm/netlab-forgotten-\d+", report.stdout):
        Path(path).unlink(missing_ok=True)
    for number in re.findall(r"System V shared memory (\d+)", report.stdout):
        subprocess.run(["ipcrm", "-m", number], check=True)


def test_notebooks_are_counted(report: Report) -> None:
    assert report.exit_code == 1, report.stderr
    assert report.last_line == "1 passed, 2 failed"
    assert "clean.ipynb: passed" in report.stdout


@pytest.mark.parametrize("name", ["thread", "listener", "child", "objects"])
def test_cells_that_leave_something_pass_themselves(report: Report, name: str) -> None:
    assert report.state("untidy", name) == "passed"


def test_leftover_thread_is_named(report: Report) -> None:
    block = report.block("untidy", "after the last cell: 1 thread left behind")
    assert "forgotten" in block


def test_leftover_listener_is_named(report: Report) -> None:
    block = report.block("untidy", "after the last cell: 1 listening port left behind")
    assert "127.0.0.1:" in block


def test_leftover_children_are_named(report: Report) -> None:
    block = report.block("untidy", "after the last cell: 3 child processes left behind")
    assert "sleep 601" in block
    assert "sleep 602" in block, "an orphan counts too"
    assert "nobody waited for it" in block


def test_leftover_objects_are_named(report: Report) -> None:
    block = report.block("untidy", "after the last cell: 3 system objects left behind")
    assert "temporary file forgotten.txt" in block
    assert "shared memory /dev/shm/netlab-forgotten-" in block
    assert "System V shared memory" in block


def test_leftovers_are_told_once(report: Report) -> None:
    assert report.block("untidy", "after the last cell").count("FAILED") == 4


def test_death_of_the_kernel_stops_the_notebook(report: Report) -> None:
    assert report.state("killed", "before") == "passed"
    assert report.state("killed", "kill") == "FAILED: the kernel died"
    assert report.state("killed", "behind").startswith("not run: the kernel is gone")
    assert "1 cell of" in report.stdout


def test_kernel_deaf_to_the_interrupt_is_killed(folder: Path) -> None:
    deaf = write(folder / "deaf.ipynb", *DEAF)
    report = run("--kernel", "rust-evcxr", "--verbose", deaf)
    state = report.state("deaf", "slow")
    assert state == "FAILED: did not end within 5 s of an interrupt, kernel killed"
    assert report.state("deaf", "behind").startswith("not run: the kernel is gone")


def test_compiler_in_a_build_script_is_interrupted(folder: Path) -> None:
    report = run_verbose(write(folder / "slow.ipynb", *DEAF))
    state = report.state("slow", "slow")
    assert state == "FAILED: over its limit of 1 s, interrupted"
    assert report.state("slow", "behind").startswith("not run: the dependency")


def test_no_process_is_left(report: Report, folder: Path) -> None:
    assert processes_in(folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_run_takes_its_kernels_along(
    tmp_path: Path, number: signal.Signals
) -> None:
    source = f'std::fs::write("begun", "")?; {PARK}'
    notebook = write(tmp_path / "endless.ipynb", code("endless", source))
    process = subprocess.Popen(
        command("--kernel", KERNEL, notebook),
        env=environment() | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert processes_in(tmp_path) == []
    assert list(tmp_path.glob("netlab-run-*")) == []
