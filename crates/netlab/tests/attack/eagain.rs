//! The system allows no further thread and no further process.
//!
//! The limit is that of a user, and the superuser has none. So the notebook
//! becomes a user whom nobody else is.

use std::io::{Read, Write};

use netlab::nix::unistd::geteuid;
use netlab::server::Limits;

use crate::client::{connect, eventually, exchange};
use crate::models::MODELS;
use crate::round::attack;

/// Clients for whom a thread or a process is left, and all who come.
const SERVED: usize = 3;
const CLIENTS: usize = 10;

#[test]
fn client_for_whom_there_is_no_thread_is_let_go_and_the_others_stay() {
    if !geteuid().is_root() {
        eprintln!("not run: only the superuser can become another user");
        return;
    }
    attack("EAGAIN", &MODELS, Limits::default(), |round| {
        round.notebook.let_go();
        let allowed = round.before.threads + SERVED as u64;
        round.notebook.become_another_user(allowed);
        round.notebook.serve();
        let addr = round.notebook.addr();
        let clients: Vec<_> = (0..CLIENTS).map(|_| connect(addr)).collect();
        let mut served = Vec::new();
        for mut client in clients {
            let answered = client.write_all(b"ping").is_ok()
                && client.read_exact(&mut [0; 4]).is_ok();
            match round.notebook.model() {
                // One after another, in the one thread there is.
                "iterative" => assert!(answered),
                _ if answered => served.push(client),
                _ => {}
            }
        }
        round.note();
        let (model, refused) = (round.notebook.model(), CLIENTS - served.len());
        match model {
            "forking" | "threaded" => {
                assert_eq!(served.len(), SERVED, "{model}");
                let told = round.notebook.count("система не даёт ещё один");
                assert_eq!(told, refused, "{}", round.notebook.log());
            }
            "tokio" => assert_eq!(refused, 0),
            _ => {}
        }
        for client in &served {
            exchange(client, b"pong", b"pong");
        }
        drop(served);
        eventually("all have left", || round.notebook.clients() == 0);
    });
}
