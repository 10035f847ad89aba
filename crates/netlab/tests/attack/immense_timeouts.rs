//! Timeouts that no clock reaches.

use std::io::Write;
use std::time::Duration;

use netlab::server::Limits;

use crate::client::{connect, exchange, reset, rest};
use crate::models::MODELS;
use crate::round::attack;

/// Later than any `Instant` there is, and what a notebook can be told.
const IMMENSE: Duration = Duration::from_millis(u64::MAX);

#[test]
fn immense_timeout_is_no_timeout_and_no_panic() {
    let limits = Limits {
        read_timeout: Some(IMMENSE),
        write_timeout: Some(IMMENSE),
        ..Limits::default()
    };
    attack("immense timeouts", &MODELS, limits, |round| {
        let addr = round.notebook.addr();
        let client = connect(addr);
        exchange(&client, b"ping\n", b"ping\n");
        (&client).write_all(b"quit\n").expect("send");
        assert_eq!(rest(&client), b"");
        // One who does not read, until it goes.
        let client = connect(addr);
        client.set_nonblocking(true).expect("non-blocking");
        while (&client).write(&[b'x'; 65_536]).is_ok() {}
        round.note();
        reset(client);
        assert!(!round.notebook.join(Duration::ZERO));
        assert_eq!(round.notebook.count("ошибка"), 0);
    });
}
