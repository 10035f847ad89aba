//! A line that is longer than any buffer.

use std::io::{Read, Write};
use std::thread;

use netlab::server::Limits;

use crate::client::{connect, exchange};
use crate::models::MODELS;
use crate::round::{MEMORY, attack};

const BYTES: usize = 10_000_000;

/// How often the figures are read meanwhile.
const LOOKS: usize = 5;

#[test]
fn line_of_ten_megabytes_comes_back_and_is_kept_nowhere() {
    attack("a line of 10 MB", &MODELS, Limits::default(), |round| {
        let client = connect(round.notebook.addr());
        let line = vec![b'q'; BYTES];
        thread::scope(|scope| {
            scope.spawn(|| (&client).write_all(&line).expect("send"));
            let mut part = vec![0; BYTES / LOOKS];
            for _ in 0..LOOKS {
                (&client).read_exact(&mut part).expect("echo");
                assert!(part == line[..part.len()], "the echo is another one");
                let now = round.note();
                let most = round.before.memory + MEMORY;
                // A client more is a process more, and counts what it shares.
                let processes = (now.processes - round.before.processes) as u64;
                let most = most * (processes + 1);
                assert!(now.memory <= most, "{now:?}");
            }
        });
        // The line is text from its first byte to its last.
        exchange(&client, b"uit\nok\n", b"uit\nok\n");
    });
}
