//! The process that accepts is killed.

use std::io::Read;
use std::net::TcpStream;

use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::Pid;
use netlab::server::Limits;
use procfs::process::Process;

use crate::client::{WATCHDOG, connect, eventually, exchange};
use crate::figures::family;
use crate::models::FORKING;
use crate::orphans::Orphans;
use crate::round::attack;

const CLIENTS: usize = 10;

#[test]
fn server_process_that_is_killed_leaves_no_orphan_and_no_zombie() {
    // What the notebook does not adopt comes to us, and is seen.
    let orphans = Orphans::adopt();
    attack(
        "kill -9 of the server",
        &FORKING,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            for _ in 0..5 {
                let mut clients: Vec<TcpStream> =
                    (0..CLIENTS).map(|_| connect(addr)).collect();
                for client in &clients {
                    exchange(client, b"ping", b"ping");
                }
                round.note();
                let notebook = round.notebook.pid();
                let below: Vec<i32> = family(notebook)
                    .iter()
                    .map(|process| process.pid)
                    .filter(|&pid| pid != notebook.as_raw())
                    .collect();
                assert_eq!(below.len(), 1 + CLIENTS);
                kill(Pid::from_raw(below[0]), Signal::SIGKILL).expect("kill");
                for client in &mut clients {
                    // The end of the stream, or RST.
                    let end = client.read(&mut [0; 1]);
                    assert!(!matches!(end, Ok(1..)), "nobody answers");
                }
                assert!(
                    round.notebook.join(WATCHDOG / 2),
                    "the server has ended"
                );
                let gone = |&pid: &i32| Process::new(pid).is_err();
                eventually("all are reaped", || below.iter().all(gone));
                assert_eq!(orphans.ours(), []);
                round.notebook.serve();
            }
        },
    );
}
