//! Clients that write as fast as they can: the handle must stay usable.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Instant;

use netlab::server::Limits;

use crate::client::{AT_ONCE, connect, eventually};
use crate::models::MODELS;
use crate::round::attack;

const FLOODS: usize = 4;

#[test]
fn handle_answers_while_clients_flood_the_server() {
    attack("flood", &MODELS, Limits::default(), |round| {
        let addr = round.notebook.addr();
        let served = round.served(FLOODS);
        let clients: Vec<TcpStream> =
            (0..served).map(|_| connect(addr)).collect();
        thread::scope(|scope| {
            let _over = Over(&clients);
            for client in &clients {
                // Small packets: each is an event, or several.
                scope.spawn(move || {
                    let mut client = client;
                    while client.write_all(b"flood\n").is_ok() {}
                });
                scope.spawn(move || {
                    let (mut client, mut buffer) = (client, vec![0; 65_536]);
                    while matches!(client.read(&mut buffer), Ok(1..)) {}
                });
            }
            eventually("all are served, and the log is full", || {
                round.notebook.clients() == served
                    && round.notebook.log().starts_with("… раньше событий")
            });
            for _ in 0..10 {
                let start = Instant::now();
                assert_eq!(round.notebook.clients(), served);
                assert!(round.notebook.is_running());
                let took = start.elapsed();
                assert!(took < AT_ONCE, "{}: {took:?}", round.notebook.model());
                round.note();
            }
            let took = round.notebook.stop();
            assert!(took < AT_ONCE, "{}: {took:?}", round.notebook.model());
        });
        round.notebook.serve();
    });
}

/// Ends the clients, in a failure as well.
struct Over<'a>(&'a [TcpStream]);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        for client in self.0 {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}
