//! The slow loris: a client that says so little that it is never done.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use netlab::server::Limits;

use crate::client::{connect, eventually, exchange, rest};
use crate::models::MODELS;
use crate::round::attack;

/// As many as there are places.
const LORISES: usize = 4;

/// Silence longer than this is the end. Dripping is faster, however busy the
/// machine is.
const SILENCE: Duration = Duration::from_secs(3);

#[test]
fn slow_loris_holds_its_place_and_no_more_and_silence_ends_it() {
    let limits = Limits {
        max_clients: LORISES,
        read_timeout: Some(SILENCE),
        ..Limits::default()
    };
    attack("slow loris", &MODELS, limits, |round| {
        let addr = round.notebook.addr();
        let lorises: Vec<TcpStream> =
            (0..round.served(LORISES)).map(|_| connect(addr)).collect();
        // A line that never ends, a byte at a time.
        for _ in 0..100 {
            for loris in &lorises {
                exchange(loris, b"z", b"z");
            }
        }
        assert_eq!(round.notebook.clients(), lorises.len());
        if round.notebook.model() != "iterative" {
            let refused = rest(&connect(addr));
            let text = String::from_utf8_lossy(&refused);
            assert!(text.starts_with("сервер занят"), "{text}");
        }
        round.note();

        // Half a command, and not a byte more.
        for mut loris in &lorises {
            loris.write_all(b"\nsto").expect("send");
        }
        for loris in &lorises {
            assert_eq!(rest(loris), b"\n");
        }
        eventually("all lorises are off the list", || {
            round.notebook.clients() == 0
        });
        let silent = round.notebook.count("клиент молчал");
        assert_eq!(silent, lorises.len(), "{}", round.notebook.log());
    });
}
