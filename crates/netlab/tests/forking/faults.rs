//! The classic faults: each shows what it is known for, and leaves nothing.

use std::net::TcpListener;

use netlab::ServerHandle;
use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::Pid;
use netlab::process::{ProcessInfo, ProcessTree};
use netlab::server::forking::{self, Fault};
use netlab::server::{self, Limits};
use netlab::trace::{CloseReason, EventKind};

use crate::scenario::{
    WATCHDOG, connect, eventually, exchange, rest, wait_for, wait_for_close,
};

fn start(fault: Fault, max_clients: usize) -> ServerHandle {
    let listener = server::bind("127.0.0.1:0").expect("bind");
    let limits = Limits {
        max_clients,
        ..Limits::default()
    };
    forking::serve_faulty(listener, limits, fault).expect("serve")
}

fn tree(server: &ServerHandle) -> ProcessTree {
    server.processes().expect("processes")
}

fn children(server: &ServerHandle, parent: Pid) -> Vec<ProcessInfo> {
    let tree = tree(server);
    let all = tree.processes.into_iter();
    all.filter(|process| process.parent == parent).collect()
}

/// Serves one client, up to the end of its connection.
fn serve_one(server: &ServerHandle) {
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    client
        .shutdown(std::net::Shutdown::Write)
        .expect("half-close");
    assert_eq!(rest(&client), "");
}

#[test]
fn child_that_keeps_accepting_becomes_a_server_with_children_of_its_own() {
    let server = start(Fault::ChildKeepsAccepting, 64);
    let parent = server.pid().expect("pid");
    serve_one(&server);
    wait_for_close(&server, CloseReason::EndOfStream);
    let child = children(&server, parent)[0].pid;

    // Who of the two is faster is luck. A stopped parent is not.
    kill(parent, Signal::SIGSTOP).expect("stop");
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    let grandchildren = children(&server, child);
    assert_eq!(grandchildren.len(), 1, "{}", tree(&server));
    let tree = tree(&server);
    let servers = tree
        .processes
        .iter()
        .filter(|process| process.role == Some("сервер"));
    assert_eq!(servers.count(), 2, "{tree}");
    let listening =
        |process: &&ProcessInfo| process.listening == [server.addr()];
    assert_eq!(tree.processes.iter().filter(listening).count(), 3, "{tree}");
    server.stop().expect("stop");
    assert!(server.processes().expect("processes").is_empty());
}

#[test]
fn children_that_keep_accepting_are_no_more_than_the_limit() {
    let server = start(Fault::ChildKeepsAccepting, 3);
    for _ in 0..3 {
        serve_one(&server);
    }
    let refused = connect(server.addr());
    assert_eq!(
        rest(&refused),
        "сервер занят: уже обслуживается клиентов: 3\n"
    );
    assert_eq!(tree(&server).len(), 4, "{}", tree(&server));
    server.stop().expect("stop");
    assert!(tree(&server).is_empty());
}

#[test]
fn child_that_nobody_reaps_is_a_zombie_and_takes_a_place() {
    let server = start(Fault::NoReaping, 3);
    for count in 1..=3 {
        serve_one(&server);
        eventually("the child is a zombie", || server.zombies() == count);
    }
    let text = tree(&server).to_string();
    assert!(text.ends_with("процессов: 4, зомби: 3"), "{text}");
    let refused = connect(server.addr());
    assert_eq!(
        rest(&refused),
        "сервер занят: уже обслуживается клиентов: 3\n"
    );
    server.stop().expect("stop");
    assert!(tree(&server).is_empty());
    assert_eq!(server.zombies(), 0);
}

#[test]
fn listener_kept_by_a_child_keeps_the_port_busy() {
    let server = start(Fault::ListenerKept, 64);
    let addr = server.addr();
    let client = connect(addr);
    exchange(&client, b"ping", b"ping");
    kill(server.pid().expect("pid"), Signal::SIGINT).expect("Ctrl-C");
    eventually("the server process has ended", || server.pid().is_err());

    let orphans = tree(&server);
    assert_eq!(orphans.len(), 1, "{orphans}");
    assert_eq!(orphans.processes[0].listening, [addr], "{orphans}");
    assert_eq!(orphans.processes[0].role, Some("обслуживает клиента"));
    assert!(TcpListener::bind(addr).is_err(), "the port is busy");
    exchange(&client, b"still there", b"still there");

    server.stop().expect("stop");
    assert!(tree(&server).is_empty());
    TcpListener::bind(addr).expect("the port is free");
}

#[test]
fn orphan_that_ends_is_no_zombie_and_ends_the_server() {
    let server = start(Fault::ListenerKept, 64);
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    kill(server.pid().expect("pid"), Signal::SIGTERM).expect("terminate");
    eventually("the server process has ended", || server.pid().is_err());
    drop(client);
    assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
    assert!(tree(&server).is_empty());
}

#[test]
fn stop_by_a_client_ends_every_faulty_server() {
    let faults = [
        Fault::ChildKeepsAccepting,
        Fault::NoReaping,
        Fault::ListenerKept,
    ];
    for fault in faults {
        let server = start(fault, 64);
        serve_one(&server);
        let client = connect(server.addr());
        exchange(&client, b"hi\nstop\n", b"hi\n");
        assert_eq!(rest(&client), "");
        assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
        let stopped = CloseReason::Stop;
        wait_for(&server, |kind| {
            *kind
                == EventKind::Closed {
                    reason: stopped.clone(),
                }
        });
        assert!(tree(&server).is_empty(), "{fault}");
    }
}

#[test]
fn fault_is_cleaned_up_by_drop_while_clients_are_connected() {
    let faults = [
        Fault::ChildKeepsAccepting,
        Fault::NoReaping,
        Fault::ListenerKept,
    ];
    for fault in faults {
        let server = start(fault, 64);
        serve_one(&server);
        let client = connect(server.addr());
        exchange(&client, b"ping", b"ping");
        let tree = tree(&server);
        assert!(tree.len() >= 2, "{tree}");
        drop(server);
        assert_eq!(rest(&client), "", "{fault}");
        for process in tree.processes {
            // Reaped: a zombie could still be signalled.
            kill(process.pid, None).expect_err("no such process");
        }
    }
}
