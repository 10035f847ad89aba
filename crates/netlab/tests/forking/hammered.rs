//! Clients that never stop hold up nobody: neither who looks at the server nor
//! who stops it. And nobody is left behind.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use netlab::ServerHandle;
use netlab::nix::errno::Errno;
use netlab::nix::sys::signal::killpg;
use netlab::trace::EventKind;

use crate::models::MODELS;
use crate::scenario::{WATCHDOG, connect, exchange, start, watch};

/// Does something with the server that must not take long.
#[track_caller]
fn in_time(
    what: &str,
    server: ServerHandle,
    act: impl FnOnce(&ServerHandle) + Send + 'static,
) -> ServerHandle {
    let (sender, done) = mpsc::channel();
    let thread = thread::spawn(move || {
        act(&server);
        let _ = sender.send(());
        server
    });
    let timely = done.recv_timeout(WATCHDOG);
    assert!(timely.is_ok(), "{what}: not done in {WATCHDOG:?}");
    thread.join().expect("no panic")
}

/// A client that sends, and reads what comes back, until the server is gone.
fn flood(server: &ServerHandle) -> [JoinHandle<()>; 2] {
    let mut writer = connect(server.addr());
    exchange(&writer, b"x", b"x");
    let mut reader = writer.try_clone().expect("second descriptor");
    let send = move || {
        while writer.write_all(&[b'x'; 64]).is_ok() {}
        let _ = writer.shutdown(Shutdown::Both);
    };
    let receive = move || {
        while reader.read(&mut [0; 65_536]).is_ok_and(|count| count > 0) {}
        let _ = reader.shutdown(Shutdown::Both);
    };
    [thread::spawn(send), thread::spawn(receive)]
}

/// Comes for one echo and leaves, again and again, until the port is closed.
fn come_and_go(addr: SocketAddr) {
    while let Ok(mut client) = TcpStream::connect_timeout(&addr, WATCHDOG) {
        watch(&client);
        let _ = client.write_all(b"ping\nquit\n");
        let _ = client.read_to_end(&mut Vec::new());
    }
}

#[test]
fn clients_that_never_stop_sending_hold_up_nobody() {
    let server = start(MODELS[0].1);
    let group = server.pid().expect("pid");
    let threads: Vec<_> = (0..4).flat_map(|_| flood(&server)).collect();
    let server = in_time("five looks", server, |server| {
        for _ in 0..5 {
            assert!(!server.log().events().is_empty());
            assert_eq!(server.clients().len(), 4);
        }
    });
    in_time("stop", server, |server| server.stop().expect("stop"));
    assert_eq!(killpg(group, None), Err(Errno::ESRCH), "nobody is left");
    for thread in threads {
        thread.join().expect("no panic");
    }
}

#[test]
fn stop_leaves_no_child_behind_while_clients_come_and_go() {
    let server = start(MODELS[0].1);
    let (addr, group) = (server.addr(), server.pid().expect("pid"));
    let clients: Vec<_> = (0..8)
        .map(|_| thread::spawn(move || come_and_go(addr)))
        .collect();
    let reaped = |kind: &EventKind| matches!(kind, EventKind::Reaped { .. });
    let server = in_time("40 clients", server, move |server| {
        let many = |events: &[netlab::trace::Event]| {
            events.iter().filter(|event| reaped(&event.kind)).count() >= 40
        };
        assert!(server.recorder().wait_for(WATCHDOG, many), "{server}");
    });
    in_time("stop", server, |server| server.stop().expect("stop"));
    assert_eq!(killpg(group, None), Err(Errno::ESRCH), "nobody is left");
    for client in clients {
        client.join().expect("no panic");
    }
}
