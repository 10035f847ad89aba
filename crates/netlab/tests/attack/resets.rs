//! Clients that break the connection off in the middle of something.

use std::io::{Read, Write};

use netlab::server::Limits;

use crate::client::{connect, reset, visit};
use crate::models::MODELS;
use crate::round::attack;

/// What a client has sent when it resets, and how much of the echo it reads.
const MOMENTS: [(&[u8], usize); 6] = [
    (b"", 0),
    (b"ping without an end", 0),
    (b"ping\nsto", 5),
    (b"one\ntwo\nthree\n", 5),
    (b"hi\nquit\n", 0),
    (&[b'x'; 100_000], 1),
];

/// Clients at each of these moments.
const TIMES: usize = 25;

#[test]
fn reset_in_the_middle_is_an_ordinary_end_of_its_client() {
    attack(
        "resets in the middle",
        &MODELS,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            for (sent, read) in MOMENTS {
                for _ in 0..TIMES {
                    let mut client = connect(addr);
                    client.write_all(sent).expect("send");
                    client.read_exact(&mut vec![0; read]).expect("answer");
                    reset(client);
                }
                round.note();
                visit(addr);
                // What happens to a client is no error of the server.
                assert_eq!(
                    round.notebook.count("ошибка"),
                    0,
                    "{}",
                    round.notebook.log()
                );
            }
        },
    );
}
