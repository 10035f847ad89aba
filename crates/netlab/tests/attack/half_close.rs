//! Clients that have said everything and still want to hear.

use std::io::Write;
use std::net::Shutdown;
use std::thread;

use netlab::server::Limits;

use crate::client::{connect, reset, rest};
use crate::models::MODELS;
use crate::round::attack;

#[test]
fn half_close_loses_no_byte_wherever_it_happens() {
    attack("half-close", &MODELS, Limits::default(), |round| {
        let addr = round.notebook.addr();
        // Every beginning of a command is held back for a while.
        let text = b"ok\r\nstop";
        for end in 0..=text.len() {
            let client = connect(addr);
            (&client).write_all(&text[..end]).expect("send");
            client.shutdown(Shutdown::Write).expect("half-close");
            assert_eq!(rest(&client), &text[..end]);
        }

        // The echo of all this fits into no buffer.
        let much = vec![b'x'; 1 << 20];
        let client = connect(addr);
        thread::scope(|scope| {
            scope.spawn(|| {
                (&client).write_all(&much).expect("send");
                client.shutdown(Shutdown::Write).expect("half-close");
            });
            assert!(rest(&client) == much, "the echo is another one");
        });
        round.note();

        // Said everything, heard nothing, gone.
        for _ in 0..20 {
            let client = connect(addr);
            (&client).write_all(&much[..200_000]).expect("send");
            client.shutdown(Shutdown::Write).expect("half-close");
            reset(client);
        }
    });
}
