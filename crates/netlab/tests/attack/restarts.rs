//! The same cell a hundred times.

use std::net::TcpListener;

use netlab::server::Limits;

use crate::client::{connect, exchange, rest};
use crate::models::MODELS;
use crate::round::attack;

const TIMES: usize = 100;

#[test]
fn hundred_restarts_on_one_port_leave_nothing() {
    attack(
        "100 restarts on one port",
        &MODELS,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            for time in 0..TIMES {
                let client = connect(addr);
                exchange(&client, b"ping", b"ping");
                match time % 3 {
                    // The new server takes the port from the old one.
                    0 => {}
                    1 => drop(round.notebook.stop()),
                    _ => {
                        round.notebook.let_go();
                        TcpListener::bind(addr).expect("the port is free");
                    }
                }
                round.notebook.serve();
                if time % 2 == 0 {
                    // This one never has a client, and hardly time to begin.
                    round.notebook.serve();
                }
                assert_eq!(round.notebook.addr(), addr);
                assert_eq!(rest(&client), b"", "the old server let it go");
            }
            round.note();
        },
    );
}
