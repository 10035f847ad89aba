//! How servers end.
//!
//! That the port is closed is for `tests/leftovers.rs`: here another scenario
//! may be given the same port a moment later.

use std::fs;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use netlab::ServerHandle;
use netlab::server::{self, Limits};
use netlab::socket2::SockRef;
use netlab::sockets::{self, Socket};
use netlab::trace::CloseReason;

use crate::scenario::{
    CONCURRENT, MODELS, WATCHDOG, connect, eventually, exchange, rest, start,
    wait_for_close,
};

#[test]
fn stop_returns_while_clients_are_connected() {
    for (model, serve) in MODELS {
        let server = start(serve);
        let addr = server.addr();
        let (first, second) = (connect(addr), connect(addr));
        exchange(&first, b"ping", b"ping");
        server.stop().expect("stop");
        assert!(!server.is_running());
        assert!(server.clients().is_empty());
        assert_eq!(server.threads(), 0, "{model}");
        wait_for_close(&server, CloseReason::ServerStopped);
        assert_eq!(rest(&first), "");
        // The second one may never have been accepted; then it is reset.
        drop(second);
    }
}

#[test]
fn stop_wakes_a_thread_that_is_blocked_in_write() {
    // A task of the tokio server never blocks its thread; all that can be seen
    // of it is that neither side's buffers take any more.
    for (model, serve) in MODELS {
        let server = start(serve);
        let mut client = connect(server.addr());
        client.set_nonblocking(true).expect("non-blocking");
        let block = vec![b'x'; 1 << 20];
        eventually("the server is stuck in write", || {
            while client.write(&block).is_ok() {}
            match model {
                "forking" => child_blocks_in_send(&server),
                _ => server_end_of(&client).is_some_and(|end| {
                    let full = end.recv_q > 0 && end.send_q > 0;
                    full && (model == "tokio" || blocks_in_send(end.fd))
                }),
            }
        });
        server.stop().expect("stop");
    }
}

/// The socket at the server's end of a client's connection.
fn server_end_of(client: &TcpStream) -> Option<Socket> {
    let (near, far) = (client.local_addr().ok()?, client.peer_addr().ok()?);
    let own = sockets::own().expect("own sockets").sockets;
    own.into_iter()
        .find(|end| end.local == far && end.remote == Some(near))
}

/// Whether a thread of this process waits in `sendto(2)` on this descriptor,
/// as `/proc/self/task/TID/syscall` tells it.
fn blocks_in_send(fd: i32) -> bool {
    let waiting = format!("{} {fd:#x} ", netlab::nix::libc::SYS_sendto);
    fs::read_dir("/proc/self/task")
        .expect("own threads")
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("syscall")).ok())
        .any(|syscall| syscall.starts_with(&waiting))
}

/// Whether a child of a forking server waits in `sendto(2)`.
fn child_blocks_in_send(server: &ServerHandle) -> bool {
    let sends = format!("{} ", netlab::nix::libc::SYS_sendto);
    let tree = server.processes().expect("processes");
    tree.processes.iter().any(|process| {
        fs::read_to_string(format!("/proc/{}/syscall", process.pid))
            .is_ok_and(|syscall| syscall.starts_with(&sends))
    })
}

#[test]
fn drop_stops_the_server() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let addr = server.addr();
        let client = connect(addr);
        exchange(&client, b"ping", b"ping");
        drop(server);
        assert_eq!(rest(&client), "");
    }
}

#[test]
fn second_stop_is_harmless() {
    for (_, serve) in MODELS {
        let server = start(serve);
        server.stop().expect("first");
        server.stop().expect("second");
        server.join().expect("join");
        assert!(server.join_timeout(Duration::ZERO).expect("join"));
    }
}

#[test]
fn several_threads_may_stop_at_once() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let barrier = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    barrier.wait();
                    server.stop().expect("stop");
                    assert_eq!(server.threads(), 0);
                });
            }
        });
    }
}

#[test]
fn join_timeout_tells_whether_the_server_has_ended() {
    for (_, serve) in MODELS {
        let server = start(serve);
        assert!(!server.join_timeout(Duration::from_millis(1)).expect("join"));
        connect(server.addr()).write_all(b"stop\n").expect("send");
        assert!(server.join_timeout(WATCHDOG).expect("join"));
    }
}

#[test]
fn server_whose_listener_is_shut_down_ends_by_itself() {
    for (model, serve) in MODELS {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let same = listener.try_clone().expect("second descriptor");
        let server = serve(listener, Limits::default()).expect("serve");
        let client = connect(server.addr());
        exchange(&client, b"ping", b"ping");
        // What a guard does to an `accept` that blocks for too long. The
        // iterative server is with its client and notices afterwards.
        SockRef::from(&same)
            .shutdown(Shutdown::Both)
            .expect("shutdown");
        if model == "iterative" {
            client.shutdown(Shutdown::Write).expect("half-close");
        }
        assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
        assert_eq!(rest(&client), "", "{model}");
        assert_eq!(server.threads(), 0, "{model}");
    }
}

#[test]
fn stop_by_one_client_closes_the_others() {
    for (_, serve) in CONCURRENT {
        let server = start(serve);
        let (first, second) = (connect(server.addr()), connect(server.addr()));
        exchange(&first, b"ping", b"ping");
        exchange(&second, b"ping", b"ping");
        (&second).write_all(b"\nstop\n").expect("send");
        assert_eq!(rest(&second), "\n");
        assert_eq!(rest(&first), "");
        assert!(server.join_timeout(WATCHDOG).expect("join"));
    }
}

#[test]
fn clients_that_come_while_the_server_stops_are_no_obstacle() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let addr = server.addr();
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                // Until the port is closed; a connection may be reset.
                while TcpStream::connect_timeout(&addr, WATCHDOG).is_ok() {}
            });
            barrier.wait();
            server.stop().expect("stop");
        });
    }
}
