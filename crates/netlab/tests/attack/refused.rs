//! Clients that are one too many, and do not go when they are told.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use netlab::server::Limits;

use crate::client::{AT_ONCE, connect, eventually, exchange, rest, visit};
use crate::models::CONCURRENT;
use crate::round::attack;

const SILENT: usize = 40;

/// Those who are refused and send all the same.
const NOISY: usize = 300;

/// Descriptors for clients who have been told to go: enough to let each hear
/// it, and far fewer than a process has.
const TOLD_TO_GO: usize = 100;

/// With a tenth of a second for each of them it would be four seconds.
const SOON: Duration = Duration::from_secs(2);

#[test]
fn silent_refused_clients_are_no_obstacle_to_the_next_one() {
    let limits = Limits {
        max_clients: 1,
        ..Limits::default()
    };
    attack("silent refused clients", &CONCURRENT, limits, |round| {
        let addr = round.notebook.addr();
        let first = connect(addr);
        exchange(&first, b"ping", b"ping");
        let start = Instant::now();
        let silent: Vec<TcpStream> =
            (0..SILENT).map(|_| connect(addr)).collect();
        let mut next = connect(addr);
        next.read_exact(&mut [0; 1]).expect("the refusal");
        let took = start.elapsed();
        round.note();
        assert!(took < SOON, "{}: {took:?}", round.notebook.model());
        exchange(&first, b"pong", b"pong");
        for client in &silent {
            let refused = rest(client);
            let text = String::from_utf8_lossy(&refused);
            assert!(text.starts_with("сервер занят"), "{text}");
        }
        // Still connected, they hold nothing for long.
        eventually("the server has let them go", || {
            let now = round.notebook.figures();
            let least = round.before;
            now.threads <= least.threads + 1
                && now.descriptors <= least.descriptors + 8
        });
        drop(first);
        eventually("the place is free", || round.notebook.clients() == 0);
    });
}

#[test]
fn crowd_of_refused_clients_is_held_in_bounds() {
    let limits = Limits {
        max_clients: 1,
        ..Limits::default()
    };
    attack("noisy refused clients", &CONCURRENT, limits, |round| {
        let addr = round.notebook.addr();
        let first = connect(addr);
        exchange(&first, b"ping", b"ping");
        let served = round.note();
        let mut noisy = Vec::new();
        for number in 0..NOISY {
            let client = connect(addr);
            client.set_nonblocking(true).expect("non-blocking");
            // What nobody reads would turn a plain close into an RST.
            let _ = (&client).write(&[b'x'; 100_000]);
            noisy.push(client);
            if number % 50 == 0 {
                exchange(&first, b"pong", b"pong");
                let now = round.note();
                assert!(now.processes <= served.processes, "{now:?}");
                assert!(now.threads <= served.threads, "{now:?}");
                let most = served.descriptors + TOLD_TO_GO;
                assert!(now.descriptors <= most, "{now:?}");
            }
        }
        let start = Instant::now();
        connect(addr).read_exact(&mut [0; 1]).expect("the refusal");
        let took = start.elapsed();
        assert!(took < AT_ONCE, "{}: {took:?}", round.notebook.model());
        drop(first);
        eventually("the place is free", || round.notebook.clients() == 0);
        // The noisy ones are still there.
        round.forgotten();
        visit(addr);
    });
}
