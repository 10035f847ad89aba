//! `stop` while clients do what they can to keep the server busy.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use netlab::server::Limits;

use crate::client::{AT_ONCE, eventually, reset, try_connect};
use crate::models::MODELS;
use crate::round::attack;

const TIMES: usize = 10;

/// Patience of a client that is not served.
const PATIENCE: Duration = Duration::from_millis(300);

/// The clients of one kind.
const OF_A_KIND: usize = 3;

#[test]
fn stop_under_hammering_clients_takes_effect_at_once() {
    attack("stop under fire", &MODELS, Limits::default(), |round| {
        let addr = round.notebook.addr();
        let over = &AtomicBool::new(false);
        thread::scope(|scope| {
            let kinds: [fn(SocketAddr, &AtomicBool); 4] =
                [come_and_go, talk, never_read, break_off];
            for kind in kinds {
                for _ in 0..OF_A_KIND {
                    scope.spawn(move || {
                        while !over.load(Ordering::Relaxed) {
                            kind(addr, over);
                        }
                    });
                }
            }
            // Ends the clients in a failure as well.
            let _over = Over(over);
            for _ in 0..TIMES {
                let served = round.served(OF_A_KIND);
                eventually("the server is under fire", || {
                    round.notebook.clients() >= served
                });
                round.note();
                let took = round.notebook.stop();
                assert!(took < AT_ONCE, "{}: {took:?}", round.notebook.model());
                assert!(!round.notebook.is_running());
                assert_eq!(round.notebook.clients(), 0);
                round.notebook.serve();
            }
        });
    });
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Connects, is answered, leaves.
fn come_and_go(addr: SocketAddr, _: &AtomicBool) {
    let Ok(mut client) = try_connect(addr) else {
        return thread::yield_now();
    };
    let _ = client.write_all(b"ping").and_then(|()| {
        client.set_read_timeout(Some(PATIENCE))?;
        client.read(&mut [0; 4])
    });
    // Or thousands of connections would be in TIME_WAIT for a minute.
    reset(client);
}

/// Talks for as long as it is answered.
fn talk(addr: SocketAddr, over: &AtomicBool) {
    let Ok(mut client) = try_connect(addr) else {
        return thread::yield_now();
    };
    let _ = client.set_read_timeout(Some(PATIENCE));
    let mut block = [b'x'; 4096];
    while !over.load(Ordering::Relaxed)
        && client.write_all(&block).is_ok()
        && client.read_exact(&mut block).is_ok()
    {}
}

/// Talks and does not listen, until it is stuck; then again.
fn never_read(addr: SocketAddr, over: &AtomicBool) {
    let Ok(mut client) = try_connect(addr) else {
        return thread::yield_now();
    };
    let _ = client.set_write_timeout(Some(PATIENCE));
    let block = [b'x'; 65_536];
    while !over.load(Ordering::Relaxed) && client.write_all(&block).is_ok() {}
}

/// Resets in the middle of a line.
fn break_off(addr: SocketAddr, _: &AtomicBool) {
    match try_connect(addr) {
        Ok(mut client) => {
            let _ = client.write_all(b"half a line");
            reset(client);
        }
        Err(_) => thread::yield_now(),
    }
}
