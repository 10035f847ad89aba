//! The process of the clients is killed while they talk.

use netlab::server::Limits;

use crate::client::eventually;
use crate::crowd::Crowd;
use crate::models::MODELS;
use crate::round::attack;

const CLIENTS: usize = 32;

#[test]
fn clients_that_are_killed_leave_nothing() {
    attack("kill -9 of clients", &MODELS, Limits::default(), |round| {
        for _ in 0..3 {
            let mut crowd = Crowd::gather();
            crowd.hammer(round.notebook.addr(), CLIENTS);
            let served = round.served(CLIENTS);
            eventually("all are served", || round.notebook.clients() == served);
            round.note();
            crowd.kill();
            eventually("all clients are off the list", || {
                round.notebook.clients() == 0
            });
        }
    });
}
