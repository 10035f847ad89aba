//! A client that talks and never reads: the echo has nowhere to go.

use std::io::{ErrorKind, Write};
use std::thread;
use std::time::{Duration, Instant};

use netlab::server::Limits;

use crate::client::{connect, eventually};
use crate::models::MODELS;
use crate::round::attack;

const CLIENTS: usize = 8;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Time to be told, on a busy machine. A timeout that begins again takes twice
/// its time.
const MORE: Duration = Duration::from_millis(1500);

#[test]
fn reader_that_never_reads_is_let_go_after_the_write_timeout_once() {
    let limits = Limits {
        write_timeout: Some(TIMEOUT),
        ..Limits::default()
    };
    attack("a reader that never reads", &MODELS, limits, |round| {
        let addr = round.notebook.addr();
        let clients = round.served(CLIENTS);
        thread::scope(|scope| {
            let all: Vec<_> = (0..clients)
                .map(|_| {
                    scope.spawn(move || {
                        let mut client = connect(addr);
                        let (start, block) = (Instant::now(), [b'x'; 65_536]);
                        loop {
                            let stuck = Instant::now();
                            if let Err(error) = client.write_all(&block) {
                                let times = (start.elapsed(), stuck.elapsed());
                                return (times, error.kind());
                            }
                        }
                    })
                })
                .collect();
            round.note();
            for client in all {
                let ((took, stuck), kind) = client.join().expect("a client");
                let broken =
                    [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
                assert!(broken.contains(&kind), "{kind}");
                let model = round.notebook.model();
                assert!(took >= TIMEOUT, "{model}: {took:?}");
                // Filling the buffers takes a while, but no more after that.
                assert!(stuck < TIMEOUT + MORE, "{model}: {stuck:?}");
            }
        });
        eventually("the log says so of each", || {
            round.notebook.count("не забрал ответ") == clients
        });
    });
}
