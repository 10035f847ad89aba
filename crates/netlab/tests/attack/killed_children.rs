//! The processes that serve are killed, all at once.

use std::net::TcpStream;

use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::Pid;
use netlab::server::Limits;

use crate::client::{connect, eventually, exchange, rest};
use crate::figures::family;
use crate::models::FORKING;
use crate::round::attack;

const CLIENTS: usize = 30;

#[test]
fn children_that_are_killed_take_their_clients_along_and_nobody_else() {
    attack(
        "kill -9 of children",
        &FORKING,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            let spared = connect(addr);
            exchange(&spared, b"ping", b"ping");
            let others = family(round.notebook.pid());
            let clients: Vec<TcpStream> =
                (0..CLIENTS).map(|_| connect(addr)).collect();
            for client in &clients {
                exchange(client, b"ping", b"ping");
            }
            round.note();
            let is_other = |pid| others.iter().any(|other| other.pid == pid);
            let children: Vec<i32> = family(round.notebook.pid())
                .iter()
                .map(|process| process.pid)
                .filter(|&pid| !is_other(pid))
                .collect();
            assert_eq!(children.len(), CLIENTS);
            for child in children {
                kill(Pid::from_raw(child), Signal::SIGKILL).expect("kill");
            }
            for client in &clients {
                assert_eq!(rest(client), b"");
            }
            eventually("they are off the list", || {
                round.notebook.clients() == 1
            });
            let told = round.notebook.count("waitpid забрал");
            assert!(told >= CLIENTS, "{}", round.notebook.log());
            exchange(&spared, b"pong", b"pong");
        },
    );
}
