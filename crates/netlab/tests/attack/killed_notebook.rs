//! The notebook itself is killed.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use netlab::server::Limits;
use procfs::process::Process;

use crate::client::{connect, eventually, exchange};
use crate::figures::{Figures, Table, family};
use crate::models::{FORKING, MODELS};
use crate::notebook::Notebook;
use crate::orphans::Orphans;
use crate::round::settled;

const CLIENTS: usize = 10;

/// Moments in which a notebook is killed, and how far they are apart. Starting
/// and stopping a server takes a few milliseconds.
const MOMENTS: u32 = 60;
const APART: Duration = Duration::from_micros(150);

#[test]
fn notebook_that_is_killed_leaves_no_process_and_no_port() {
    let orphans = Orphans::adopt();
    let mut table = Table::new("kill -9 of the notebook");
    for (model, _) in MODELS {
        let mut notebook = Notebook::open(model, Limits::default());
        let home = notebook.figures();
        notebook.serve();
        let before = settled(&mut notebook, home);
        let count = if model == "iterative" { 1 } else { CLIENTS };
        let clients: Vec<TcpStream> =
            (0..count).map(|_| connect(notebook.addr())).collect();
        for client in &clients {
            exchange(client, b"ping", b"ping");
        }
        let worst = notebook.figures();
        let below = family(notebook.pid());
        assert_eq!(below.len(), worst.processes);
        notebook.kill();
        for mut client in clients {
            let end = client.read(&mut [0; 1]);
            assert!(!matches!(end, Ok(1..)), "nobody answers");
        }
        eventually("all its processes have ended", || {
            let gone = |process: &Process| Process::new(process.pid).is_err();
            orphans.have_ended() && below.iter().all(gone)
        });
        TcpListener::bind(notebook.addr()).expect("the port is free");
        let after = Figures::of(notebook.pid());
        assert_eq!(after, Figures::default(), "{model}");
        table.row(model, before, worst, after);
    }
    println!("{table}");
}

#[test]
fn notebook_that_is_killed_at_any_moment_leaves_no_process() {
    let orphans = Orphans::adopt();
    for moment in 0..MOMENTS {
        let mut notebook = Notebook::open(FORKING[0].0, Limits::default());
        notebook.begin_to_serve_and_stop(100);
        // No wait for anything: this is what varies.
        thread::park_timeout(APART * moment);
        notebook.kill();
        eventually("all its processes have ended", || orphans.have_ended());
    }
}
