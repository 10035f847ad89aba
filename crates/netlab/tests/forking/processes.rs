//! What becomes of the processes of a server without faults.

use std::net::TcpListener;
use std::thread;

use netlab::ServerHandle;
use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::{Pid, getpid};
use netlab::server::Limits;
use netlab::trace::{CloseReason, EventKind};

use crate::models::MODELS;
use crate::scenario::{
    WATCHDOG, connect, eventually, exchange, rest, start, start_with, wait_for,
};

fn server() -> ServerHandle {
    start(MODELS[0].1)
}

/// The children of the server process.
fn children(server: &ServerHandle) -> Vec<Pid> {
    let parent = server.pid().expect("pid");
    let tree = server.processes().expect("processes");
    let all = tree.processes.iter();
    all.filter(|process| process.parent == parent)
        .map(|process| process.pid)
        .collect()
}

#[test]
fn tree_shows_the_server_and_a_child_for_each_client() {
    let server = server();
    let (first, second) = (connect(server.addr()), connect(server.addr()));
    exchange(&first, b"ping", b"ping");
    exchange(&second, b"ping", b"ping");

    let tree = server.processes().expect("processes");
    assert_eq!(tree.len(), 3, "{tree}");
    let root = &tree.processes[0];
    assert_eq!(root.pid, server.pid().expect("pid"));
    assert_eq!(root.parent, getpid());
    assert_eq!(root.role, Some("сервер"));
    assert_eq!(root.listening, [server.addr()]);
    assert!(
        root.connections.is_empty(),
        "the parent keeps no connection"
    );
    let mut peers = [&first, &second]
        .map(|client| client.local_addr().expect("own address"));
    let mut served: Vec<_> = tree.processes[1..]
        .iter()
        .inspect(|child| assert!(child.listening.is_empty(), "{tree}"))
        .inspect(|child| assert_eq!(child.role, Some("обслуживает клиента")))
        .flat_map(|child| child.connections.clone())
        .collect();
    peers.sort();
    served.sort();
    assert_eq!(served, peers, "{tree}");

    let text = server.to_string();
    assert!(text.contains("├─ ") && text.contains("└─ "), "{text}");
    assert!(text.contains("процессов: 3, зомби: 0"), "{text}");
}

#[test]
fn child_is_reaped_and_the_log_says_so() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    let child = children(&server)[0].as_raw();
    wait_for(&server, |kind| *kind == EventKind::Forked { pid: child });
    drop(client);
    wait_for(&server, |kind| {
        matches!(kind, EventKind::Reaped { pid, ending }
            if *pid == child && ending.ends_with("с кодом 0"))
    });
    assert_eq!(server.zombies(), 0);
    assert!(children(&server).is_empty());
}

#[test]
fn two_hundred_clients_leave_no_zombie() {
    let server = server();
    for _ in 0..200 {
        let client = connect(server.addr());
        exchange(&client, b"x\nquit\n", b"x\n");
        assert_eq!(rest(&client), "");
    }
    eventually("all children are reaped", || children(&server).is_empty());
    assert_eq!(server.zombies(), 0);
    assert!(server.clients().is_empty());
}

#[test]
fn killed_child_ends_its_client_only() {
    let server = server();
    let first = connect(server.addr());
    exchange(&first, b"ping", b"ping");
    let child = children(&server)[0];
    let second = connect(server.addr());
    exchange(&second, b"ping", b"ping");
    kill(child, Signal::SIGSEGV).expect("crash");
    assert_eq!(rest(&first), "");
    let text = format!("процесс {child} убит сигналом SIGSEGV");
    let reason = CloseReason::Failed(text);
    wait_for(&server, |kind| {
        *kind
            == EventKind::Closed {
                reason: reason.clone(),
            }
    });
    exchange(&second, b"ping", b"ping");
    assert_eq!(server.clients().len(), 1);
    assert!(server.is_running());
}

#[test]
fn server_process_ends_in_an_orderly_way() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    let parent = server.pid().expect("pid").as_raw();
    server.stop().expect("stop");
    let ending = "завершился с кодом 0".to_owned();
    let reaped = EventKind::Reaped {
        pid: parent,
        ending,
    };
    wait_for(&server, |kind| *kind == reaped);
}

#[test]
fn stopped_child_is_no_obstacle_to_stop() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    let child = children(&server)[0];
    kill(child, Signal::SIGSTOP).expect("stop");
    server.stop().expect("stop");
    assert_eq!(rest(&client), "");
    kill(child, None).expect_err("no such process");
}

#[test]
fn stopped_server_process_is_no_obstacle_to_stop() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    let (parent, child) = (server.pid().expect("pid"), children(&server)[0]);
    kill(parent, Signal::SIGSTOP).expect("stop");
    server.stop().expect("stop");
    assert_eq!(rest(&client), "");
    for pid in [parent, child] {
        kill(pid, None).expect_err("no such process");
    }
    TcpListener::bind(server.addr()).expect("the port is free");
}

#[test]
fn killed_server_process_takes_its_children_along() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    kill(server.pid().expect("pid"), Signal::SIGKILL).expect("kill");
    assert_eq!(rest(&client), "");
    assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
    assert!(!server.is_running());
    assert!(server.processes().expect("processes").is_empty());
}

#[test]
fn children_of_a_killed_server_process_are_reaped() {
    let server = server();
    let clients = [(); 3].map(|()| connect(server.addr()));
    for client in &clients {
        exchange(client, b"ping", b"ping");
    }
    let orphans = children(&server);
    assert_eq!(orphans.len(), clients.len());
    kill(server.pid().expect("pid"), Signal::SIGKILL).expect("kill");
    assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
    for orphan in orphans {
        // Nor is it a zombie: that could still be signalled.
        kill(orphan, None).expect_err("no such process");
        let pid = orphan.as_raw();
        let ending = "убит сигналом SIGKILL".to_owned();
        let reaped = EventKind::Reaped { pid, ending };
        wait_for(&server, |kind| *kind == reaped);
    }
    for client in &clients {
        assert_eq!(rest(client), "");
    }
}

#[test]
fn ctrl_c_ends_the_server_and_its_children() {
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    kill(server.pid().expect("pid"), Signal::SIGINT).expect("Ctrl-C");
    assert_eq!(rest(&client), "");
    assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
    assert_eq!(
        server.pid().expect_err("it has ended").kind(),
        std::io::ErrorKind::NotFound
    );
}

#[test]
fn server_survives_the_thread_that_started_it() {
    let server = thread::spawn(server).join().expect("start");
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    drop(client);
    exchange(&connect(server.addr()), b"ping", b"ping");
}

#[test]
fn server_process_holds_no_socket_of_the_notebook() {
    // Opened before the fork: the child would inherit both ends.
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let near = connect(listener.local_addr().expect("address"));
    let (far, _) = listener.accept().expect("accept");
    let server = server();
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    drop(near);
    assert_eq!(rest(&far), "", "nobody else holds the other end");
}

#[test]
fn child_holds_no_connection_of_a_refused_client() {
    let limits = Limits {
        max_clients: 1,
        ..Limits::default()
    };
    let server = start_with(MODELS[0].1, limits);
    let first = connect(server.addr());
    exchange(&first, b"ping", b"ping");
    let refused = connect(server.addr());
    assert!(rest(&refused).starts_with("сервер занят"));
    drop(first);
    wait_for(&server, |kind| matches!(kind, EventKind::Reaped { .. }));

    // The server process still lingers for the refused client.
    let next = connect(server.addr());
    exchange(&next, b"ping", b"ping");
    let tree = server.processes().expect("processes");
    assert_eq!(tree.len(), 2, "{tree}");
    let own = next.local_addr().expect("own address");
    assert_eq!(tree.processes[1].connections, [own], "{tree}");
    drop(refused);
}
