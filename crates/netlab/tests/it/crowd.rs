//! Several clients at a time.

use std::io::Write;
use std::net::TcpStream;

use netlab::server::Limits;
use netlab::sockets;
use netlab::trace::{CloseReason, EventKind};

use crate::scenario::{
    CONCURRENT, MODELS, connect, eventually, exchange, rest, start, start_with,
    wait_for, wait_for_close,
};

#[test]
fn second_client_of_the_iterative_server_waits_in_the_accept_queue() {
    let iterative = MODELS.iter().find(|(model, _)| *model == "iterative");
    let Some((_, serve)) = iterative else { return };
    let server = start(*serve);
    let first = connect(server.addr());
    exchange(&first, b"ping", b"ping");

    let second = connect(server.addr());
    (&second).write_all(b"ping2").expect("send");
    eventually("the second client is in the queue", || {
        let table = sockets::own().expect("socket table");
        table.sockets.iter().any(|s| {
            s.local == server.addr() && s.remote.is_none() && s.recv_q == 1
        })
    });
    assert_eq!(server.clients().len(), 1);

    drop(first);
    exchange(&second, b"", b"ping2");
}

#[test]
fn second_client_of_the_others_is_served_at_the_same_time() {
    for (_, serve) in CONCURRENT {
        let server = start(serve);
        let (first, second) = (connect(server.addr()), connect(server.addr()));
        exchange(&first, b"ping", b"ping");
        exchange(&second, b"ping2", b"ping2");
        exchange(&first, b"ping", b"ping");
        assert_eq!(server.clients().len(), 2);
    }
}

#[test]
fn many_clients_are_served_at_the_same_time() {
    for (model, serve) in CONCURRENT {
        let server = start(serve);
        let clients: Vec<TcpStream> =
            (0..40).map(|_| connect(server.addr())).collect();
        for (number, mut client) in clients.iter().enumerate() {
            client
                .write_all(format!("client {number}").as_bytes())
                .expect("send");
        }
        // Backwards: nobody may depend on those before it.
        for (number, client) in clients.iter().enumerate().rev() {
            exchange(client, b"", format!("client {number}").as_bytes());
        }
        let threads = match model {
            "threaded" => 1 + clients.len(),
            "forking" => 1,
            _ => 3,
        };
        assert_eq!(server.threads(), threads, "{model}");
        drop(clients);
        eventually("all clients are off the list", || {
            server.clients().is_empty()
        });
    }
}

#[test]
fn client_beyond_the_limit_gets_a_line_and_is_closed() {
    for (_, serve) in CONCURRENT {
        let server = start_with(
            serve,
            Limits {
                max_clients: 1,
                ..Limits::default()
            },
        );
        let first = connect(server.addr());
        exchange(&first, b"ping", b"ping");

        let refused = connect(server.addr());
        // It has something to say itself; that must not cost it the answer.
        let _ = (&refused).write_all(b"ping");
        assert_eq!(
            rest(&refused),
            "сервер занят: уже обслуживается клиентов: 1\n"
        );
        wait_for(&server, |kind| *kind == EventKind::Refused { limit: 1 });

        exchange(&first, b"ping", b"ping");
        drop(first);
        wait_for_close(&server, CloseReason::EndOfStream);
        exchange(&connect(server.addr()), b"next", b"next");
    }
}
