//! Clients that come when the server is full.

use std::io::{Read, Write};
use std::net::TcpStream;

use netlab::ServerHandle;
use netlab::server::Limits;
use netlab::trace::{CloseReason, Event, EventKind};

use crate::models::Serve;
use crate::scenario::{
    CONCURRENT, WATCHDOG, connect, eventually, exchange, rest, start_with,
    wait_for_close,
};

/// What a refused client reads.
const LINE: &str = "сервер занят: уже обслуживается клиентов: 1\n";

/// More than a server can give a tenth of a second each before the watchdog
/// barks, more than it lets linger, and fewer than fit into its accept queue.
const CROWD: usize = 100;

/// A server for one client, and that client.
fn full(serve: Serve) -> (ServerHandle, TcpStream) {
    let limits = Limits {
        max_clients: 1,
        ..Limits::default()
    };
    let server = start_with(serve, limits);
    let client = connect(server.addr());
    exchange(&client, b"ping", b"ping");
    (server, client)
}

#[test]
fn silent_refused_clients_do_not_delay_the_next_one() {
    for (_, serve) in CONCURRENT {
        let (server, client) = full(serve);
        let silent: Vec<_> =
            (0..CROWD).map(|_| connect(server.addr())).collect();
        assert_eq!(rest(&connect(server.addr())), LINE);
        for client in &silent {
            assert_eq!(rest(client), LINE);
        }
        exchange(&client, b"pong", b"pong");
        drop(client);
        wait_for_close(&server, CloseReason::EndOfStream);
        exchange(&connect(server.addr()), b"next", b"next");
        server.stop().expect("stop");
    }
}

#[test]
fn refused_client_that_sends_late_is_not_reset() {
    for (_, serve) in CONCURRENT {
        let (server, _client) = full(serve);
        let mut refused = connect(server.addr());
        exchange(&refused, b"", LINE.as_bytes());
        for _ in 0..3 {
            refused.write_all(b"ping").expect("send");
            assert_eq!(refused.read(&mut [0; 16]).expect("end of stream"), 0);
        }
    }
}

#[test]
fn refused_client_that_keeps_sending_is_let_go_in_time() {
    for (_, serve) in CONCURRENT {
        let (server, client) = full(serve);
        let mut refused = connect(server.addr());
        eventually("the server has closed", || {
            refused.write(&[b'x'; 1024]).is_err()
        });
        exchange(&client, b"pong", b"pong");
    }
}

#[test]
fn every_refused_client_is_logged() {
    for (_, serve) in CONCURRENT {
        let (server, _client) = full(serve);
        let crowd: Vec<_> =
            (0..CROWD).map(|_| connect(server.addr())).collect();
        let refused =
            |event: &&Event| event.kind == EventKind::Refused { limit: 1 };
        let all = |events: &[Event]| {
            events.iter().filter(refused).count() == crowd.len()
        };
        assert!(server.recorder().wait_for(WATCHDOG, all), "{server}");
    }
}
