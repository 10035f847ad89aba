//! No descriptor is left for the next client.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use netlab::nix::unistd::Pid;
use netlab::server::Limits;
use procfs::process::Process;
use rustix::process::{self, Resource, Rlimit, getrlimit, prlimit};

use crate::client::{WATCHDOG, connect, eventually, rest};
use crate::models::MODELS;
use crate::round::{Round, attack};

/// Every process has these: stdin, stdout, stderr, and one more.
const NONE_LEFT: Option<u64> = Some(4);

const CLIENTS: usize = 20;

/// How long a client waits in vain.
const IN_VAIN: Duration = Duration::from_millis(500);

/// Processor time that the server may use meanwhile, in hundredths of a
/// second. A loop that tries again and again would use all there is.
const TICKS: u64 = 10;

#[test]
fn server_without_descriptors_waits_idly_and_recovers() {
    attack("EMFILE", &MODELS, Limits::default(), |round| {
        let addr = round.notebook.addr();
        let accepting = round.notebook.accepting();
        let usual = limit(accepting, NONE_LEFT);
        // A blocked `accept` has reserved its descriptor already.
        let lucky = ask(addr);
        let mut clients: Vec<TcpStream> =
            (0..CLIENTS).map(|_| ask(addr)).collect();
        eventually("accept fails", || failures(round) == 1);
        drop(lucky);
        round.note();

        let before = ticks(accepting);
        let first = &mut clients[0];
        first.set_read_timeout(Some(IN_VAIN)).expect("timeout");
        let error = first.read(&mut [0; 4]).expect_err("nobody accepts");
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        let used = ticks(accepting) - before;
        assert!(used <= TICKS, "{used} ticks, {}", round.notebook.model());
        assert_eq!(failures(round), 1, "a row of failures is one event");

        limit(accepting, usual);
        for client in &mut clients {
            client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
            assert_eq!(rest(client), b"ping");
        }

        // And once more, for the way out.
        limit(accepting, NONE_LEFT);
        let (_first, _second) = (ask(addr), ask(addr));
        eventually("accept fails again", || failures(round) == 2);
        round.notebook.stop();
        if accepting == round.notebook.pid() {
            limit(accepting, usual);
        }
        round.notebook.serve();
    });
}

/// A client that has said what it wants and only waits for the answer.
fn ask(addr: SocketAddr) -> TcpStream {
    let mut client = connect(addr);
    client.write_all(b"ping").expect("send");
    client.shutdown(Shutdown::Write).expect("half-close");
    client
}

fn failures(round: &mut Round) -> usize {
    round.notebook.count("кончились дескрипторы")
}

/// Sets how many descriptors a process may have; returns the limit before.
fn limit(process: Pid, current: Option<u64>) -> Option<u64> {
    let new = Rlimit {
        current,
        // Its own, which it has from us.
        maximum: getrlimit(Resource::Nofile).maximum,
    };
    let process = process::Pid::from_raw(process.as_raw());
    prlimit(process, Resource::Nofile, new)
        .expect("prlimit")
        .current
}

/// The processor time of a process so far.
fn ticks(process: Pid) -> u64 {
    let process = Process::new(process.as_raw()).expect("/proc");
    let stat = process.stat().expect("/proc/PID/stat");
    stat.utime + stat.stime
}
