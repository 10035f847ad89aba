//! The notebook itself is killed.

use std::io::Read;
use std::net::{TcpListener, TcpStream};

use netlab::nix::sys::prctl;
use netlab::nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use netlab::nix::unistd::Pid;
use netlab::server::Limits;
use procfs::process::Process;

use crate::client::{connect, eventually, exchange};
use crate::figures::{Figures, Table, family};
use crate::models::MODELS;
use crate::notebook::Notebook;
use crate::round::settled;

const CLIENTS: usize = 10;

#[test]
fn notebook_that_is_killed_leaves_no_process_and_no_port() {
    // Its children come to us, so that we see them end.
    prctl::set_child_subreaper(true).expect("prctl");
    let mut table = Table::new("kill -9 of the notebook");
    for (model, _) in MODELS {
        let mut notebook = Notebook::open(model, Limits::default());
        notebook.serve();
        let before = settled(&mut notebook);
        let count = if model == "iterative" { 1 } else { CLIENTS };
        let clients: Vec<TcpStream> =
            (0..count).map(|_| connect(notebook.addr())).collect();
        for client in &clients {
            exchange(client, b"ping", b"ping");
        }
        let worst = notebook.figures();
        let below = family(notebook.pid());
        notebook.kill();
        for mut client in clients {
            let end = client.read(&mut [0; 1]);
            assert!(!matches!(end, Ok(1..)), "nobody answers");
        }
        for process in &below[1..] {
            eventually("the process has ended", || has_ended(process.pid));
        }
        TcpListener::bind(notebook.addr()).expect("the port is free");
        let after = Figures::of(notebook.pid());
        assert_eq!(after, Figures::default(), "{model}");
        table.row(model, before, worst, after);
    }
    println!("{table}");
}

/// Whether a process that may have been left to us has ended; reaps it then.
fn has_ended(pid: i32) -> bool {
    match waitpid(Pid::from_raw(pid), Some(WaitPidFlag::WNOHANG)) {
        Ok(status) => status != WaitStatus::StillAlive,
        // Not ours: its parent is about to end as well, or has reaped it.
        Err(_) => Process::new(pid).is_err(),
    }
}
