"""A server notebook and a client notebook, run in step."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from notebook_writer import (
    Report,
    code,
    executed,
    processes_in,
    run_verbose,
    stream,
    write,
)

SETUP = """
    use std::{fs, io::{Read, Write}, net::{TcpListener, TcpStream}, path::PathBuf};
    fn place(name: &str) -> PathBuf {
        PathBuf::from(std::env::var("NETLAB_RENDEZVOUS").unwrap()).join(name)
    }
    fn listen(name: &str) -> std::io::Result<TcpListener> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        fs::write(place("new"), listener.local_addr()?.to_string())?;
        fs::rename(place("new"), place(name))?;
        Ok(listener)
    }
    fn connect(name: &str) -> std::io::Result<TcpStream> {
        while !place(name).exists() { std::thread::yield_now(); }
        TcpStream::connect(fs::read_to_string(place(name))?)
    }
    println!("{}", place("").display());
"""

ASK = """
    {
        let mut stream = connect("NAME")?;
        stream.write_all(b"ping")?;
        let mut answer = [0; 4];
        stream.read_exact(&mut answer)?;
        println!("{}", String::from_utf8_lossy(&answer));
    }
"""

ECHO_ONE = """
    {
        let (mut stream, _) = listen("NAME")?.accept()?;
        let mut buffer = [0; 64];
        loop {
            let n = stream.read(&mut buffer)?;
            if n == 0 { break }
            stream.write_all(&buffer[..n])?;
        }
        println!("the client has gone");
    }
"""

ECHO_FOREVER = """
    for stream in listen("NAME")?.incoming() {
        let mut stream = stream?;
        let mut buffer = [0; 4];
        stream.read_exact(&mut buffer)?;
        stream.write_all(&buffer)?;
        println!("one more");
    }
"""


def serve(name: str, source: str, **netlab: object) -> NotebookNode:
    """The blocking server cell of a step."""
    return code(name, source.replace("NAME", name), serve=name, **netlab)


def ask(name: str, id: str, source: str = ASK) -> NotebookNode:
    """A client cell of a step."""
    return code(id, source.replace("NAME", name), client_of=name)


def write_good_pair(folder: Path, name: str) -> Path:
    write(
        folder / f"{name}-client.ipynb",
        code("setup", SETUP),
        ask("once", "ask-once"),
        code("between", 'println!("between the steps");'),
        ask("ever", "ask-first"),
        ask("ever", "ask-second"),
        code("rest", 'println!("rest");'),
    )
    return write(
        folder / f"{name}.ipynb",
        code("setup", SETUP),
        serve("once", ECHO_ONE, ends="close"),
        code("between", "1 + 1"),
        serve("ever", ECHO_FOREVER, ends="interrupt"),
        code("goes-on", 'println!("goes on");'),
    )


def write_bad_pair(folder: Path) -> Path:
    write(
        folder / "bad-client.ipynb",
        code("setup", SETUP),
        ask("early", "ask-early"),
        ask("nobody", "ask-nobody", "connect(NAME)?;"),
        ask("failing", "fail", 'panic!("the client fails");'),
        ask("failing", "behind-the-failure"),
        ask("stuck", "ask-stuck"),
        ask(
            "panicking",
            "ask-panicking",
            "drop(connect(NAME)?);".replace("NAME", '"NAME"'),
        ),
        code("rest", 'println!("rest");'),
    )
    return write(
        folder / "bad.ipynb",
        code("setup", SETUP),
        serve("early", ECHO_ONE, ends="interrupt"),
        serve("lonely", ECHO_ONE),
        serve("failing", ECHO_FOREVER),
        serve("stuck", ECHO_FOREVER, ends="close", limit=1),
        serve(
            "panicking", 'listen("NAME")?.accept()?; panic!("boom");', ends="interrupt"
        ),
        serve("misspelt", ECHO_ONE, ends="closes"),
        code("goes-on", 'println!("goes on");'),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pairs")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    good = write_good_pair(folder, "good")
    # Naming the client means the pair; naming both means one pair.
    client = good.with_name("good-client.ipynb")
    bad = write_bad_pair(folder)
    return run_verbose("--keep-outputs", folder / "kept", good, client, bad)


def test_notebooks_are_counted_one_by_one(report: Report) -> None:
    assert report.exit_code == 1, report.stderr
    assert report.last_line == "2 passed, 2 failed", report.stdout


def test_good_pair_passes_with_close_and_interrupt(report: Report, folder: Path) -> None:
    server = executed(folder / "kept", "good")
    assert stream(server["once"]) == "the client has gone\n"
    assert stream(server["ever"]) == "one more\none more\n"
    assert stream(server["goes-on"]) == "goes on\n"
    client = executed(folder / "kept", "good-client")
    for cell in ("ask-once", "ask-first", "ask-second"):
        assert stream(client[cell]) == "ping\n"
    assert stream(client["rest"]) == "rest\n"


def test_cells_run_in_step(report: Report) -> None:
    done = [
        line.partition(": ")[0].replace("-client cell", " client")
        for line in report.stdout.splitlines()
        if line.startswith("good") and " cell `" in line
    ]
    names = [line.split("`")[1] for line in done]
    assert names == [
        *("setup", "setup", "ask-once", "once"),
        *("between", "between", "ask-first", "ask-second", "ever"),
        *("goes-on", "rest"),
    ]


def test_rendezvous_is_shared_in_a_lesson_and_new_in_each(
    report: Report, folder: Path
) -> None:
    kept = folder / "kept"
    good, good_client, bad = (
        stream(executed(kept, name)["setup"]) for name in ("good", "good-client", "bad")
    )
    assert good == good_client
    assert good != bad
    assert not Path(good.strip()).exists()


FATES = {
    ("bad", "early"): "FAILED: ended by itself, before the interrupt it announces",
    ("bad-client", "ask-early"): "passed",
    ("bad", "lonely"): "FAILED: the step `lonely` has no clients: "
    "no cell of bad-client names it",
    ("bad-client", "ask-nobody"): "FAILED: no cell of bad serves the step `nobody`",
    ("bad-client", "fail"): "FAILED: panic",
    ("bad", "failing"): "not run: interrupted, "
    "because in bad-client cell `fail` (#4) failed",
    ("bad-client", "ask-stuck"): "passed",
    ("bad", "stuck"): "FAILED: over its limit of 1 s, interrupted",
    ("bad", "panicking"): "FAILED: panic",
    (
        "bad",
        "misspelt",
    ): "FAILED: netlab.ends must be one of close, interrupt, not `closes`",
    ("bad", "goes-on"): "passed",
    ("bad-client", "rest"): "passed",
}


@pytest.mark.parametrize(("notebook", "cell"), FATES)
def test_cell_of_bad_pair(report: Report, notebook: str, cell: str) -> None:
    assert report.state(notebook, cell) == FATES[notebook, cell]


def test_failed_client_breaks_its_step_off(report: Report) -> None:
    state = report.state("bad-client", "behind-the-failure")
    assert state.startswith("not run: cell `fail`")
    assert "the server cell was interrupted" in report.block("bad-client", "`fail`")


def test_no_process_is_left(report: Report, folder: Path) -> None:
    assert processes_in(folder) == []
