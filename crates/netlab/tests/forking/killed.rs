//! The notebook is killed: whatever it has started dies with it.

use std::io::{BufRead, BufReader, Read, Write};

use netlab::nix::sys::signal::{Signal, kill};
use netlab::nix::unistd::Pid;
use netlab::process::{self, ProcessTree};
use netlab::server::forking::{self, Fault};
use netlab::server::{self, Limits};

use crate::models::MODELS;
use crate::scenario::{
    WATCHDOG, child, connect, eventually, exchange, plays, start,
};

const TEST: &str = "killed::processes_of_a_killed_notebook_die_with_it";

/// Starts one server of each kind, with clients, and waits to be killed.
fn notebook() {
    let faults = [
        Fault::ChildKeepsAccepting,
        Fault::NoReaping,
        Fault::ListenerKept,
    ];
    let mut servers = vec![start(MODELS[0].1)];
    for fault in faults {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let server = forking::serve_faulty(listener, Limits::default(), fault);
        servers.push(server.expect("serve"));
    }
    let mut clients = Vec::new();
    for server in &servers {
        for _ in 0..3 {
            let client = connect(server.addr());
            exchange(&client, b"ping", b"ping");
            clients.push(client);
        }
        let tree = server.processes().expect("processes");
        assert_eq!(tree.len(), 4, "{tree}");
        // One child is stopped in the middle: it cannot leave by itself.
        kill(tree.processes[1].pid, Signal::SIGSTOP).expect("stop");
    }
    // And one server process is gone already: its children have no parent
    // whose death could be announced to them.
    let kept = &servers[3];
    kill(kept.pid().expect("pid"), Signal::SIGINT).expect("Ctrl-C");
    eventually("the server process has ended", || kept.pid().is_err());
    let child = process::in_child(WATCHDOG * 10, || {
        std::io::stdin().read_exact(&mut [0; 1000])
    })
    .expect("child");

    let all = process::tree().expect("tree");
    print!("pids:");
    for process in &all.processes[1..] {
        print!(" {}", process.pid);
    }
    println!();
    std::io::stdout().flush().expect("flush");
    child.wait().expect_err("killed before");
}

#[test]
fn processes_of_a_killed_notebook_die_with_it() {
    if plays("notebook") {
        return notebook();
    }
    let mut notebook = child(TEST, "notebook").spawn().expect("spawn");
    let stdout = notebook.stdout.take().expect("stdout");
    let lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let pids = lines.into_iter().find_map(|line| {
        let (_, pids) = line.split_once("pids: ")?;
        let pid = |pid: &str| Pid::from_raw(pid.parse().expect("a number"));
        Some(pids.split(' ').map(pid).collect::<Vec<Pid>>())
    });
    let pids = pids.expect("the notebook has started");
    assert_eq!(pids.len(), 4 * 4 - 1 + 1);

    notebook.kill().expect("kill");
    notebook.wait().expect("wait");
    for pid in pids {
        eventually("the process has ended", || has_ended(pid));
    }
}

/// Whether a process is gone, or is a zombie: it is for process 1 to reap what
/// has no parent any more.
fn has_ended(pid: Pid) -> bool {
    let tree = ProcessTree::of(pid).expect("tree");
    tree.processes.first().is_none_or(|process| process.zombie)
}
