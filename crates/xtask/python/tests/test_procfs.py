"""What `/proc` says about this very process; no kernel is needed."""

import os
import socket
import subprocess
import threading

from run_lessons import procfs


def test_own_process_is_found() -> None:
    process = procfs.look_up(os.getpid())
    assert process is not None
    assert process.parent == os.getppid()
    assert process.session == os.getsid(0)
    assert process.is_running
    assert process in procfs.all_processes() or not process.is_zombie


def test_listening_addresses_are_found_until_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            found = procfs.listening_addresses(os.getpid())
        assert found.count(f"127.0.0.1:{port}") == 1
    assert f"127.0.0.1:{port}" not in procfs.listening_addresses(os.getpid())


def test_ipv6_address_is_readable() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        port = listener.getsockname()[1]
        assert f"[::1]:{port}" in procfs.listening_addresses(os.getpid())


def test_threads_are_counted() -> None:
    before = len(procfs.thread_names(os.getpid()))
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    assert len(procfs.thread_names(os.getpid())) == before + 1
    release.set()
    thread.join()


def test_zombie_is_told_from_running() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    zombie = procfs.look_up(child.pid)
    assert zombie is not None
    assert zombie.is_zombie and not zombie.is_running
    assert "nobody waited for it" in str(zombie)
    child.wait()
    assert procfs.look_up(child.pid) is None


def test_environment_is_that_of_the_start() -> None:
    child = subprocess.Popen(
        ["cat"], env={"NAME": "a=b"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin and child.stdout
    with child:
        child.stdin.write(b"begun\n")
        child.stdin.flush()
        assert child.stdout.readline() == b"begun\n"
        assert procfs.environment(child.pid)["NAME"] == "a=b"
