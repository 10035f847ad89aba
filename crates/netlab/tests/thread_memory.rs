//! The memory of threads that have ended is given back.
//!
//! In a binary of its own, with one test, because it looks at the memory of the
//! whole process.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use netlab::ServerHandle;
use netlab::server::{self, Limits};

const WATCHDOG: Duration = Duration::from_secs(20);

const CLIENTS: usize = 300;

/// What the standard library gives a thread.
const STACK: usize = 2 << 20;

/// How many stacks glibc keeps for the next threads: 40 MiB of them. It is no
/// fault to have these.
const CACHED: usize = (40 << 20) / STACK;

/// How many mappings of this process are as large as a stack.
fn stacks() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("read /proc");
    let is_stack = |line: &&str| {
        let mut fields = line.split_whitespace();
        let (Some(range), Some("rw-p")) = (fields.next(), fields.next()) else {
            return false;
        };
        let ends = range.split('-').map(|end| usize::from_str_radix(end, 16));
        match ends.collect::<Result<Vec<_>, _>>().as_deref() {
            // It is rounded up to whole pages.
            Ok(&[start, end]) => {
                (STACK..STACK + (64 << 10)).contains(&(end - start))
            }
            _ => false,
        }
    };
    maps.lines().filter(is_stack).count()
}

fn connect(server: &ServerHandle) -> TcpStream {
    let mut client = TcpStream::connect(server.addr()).expect("connect");
    client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
    client.write_all(b"ping\n").expect("send");
    client.read_exact(&mut [0; 5]).expect("answer");
    client
}

#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + WATCHDOG;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}: {} stacks", stacks());
        thread::yield_now();
    }
}

#[test]
fn stacks_of_clients_that_have_left_are_freed_without_a_next_client() {
    let limits = Limits {
        max_clients: CLIENTS,
        ..Limits::default()
    };
    let listener = server::bind("127.0.0.1:0").expect("bind");
    let server = server::threaded::serve_with(listener, limits).expect("serve");
    let before = stacks();
    for _ in 0..2 {
        let clients: Vec<_> = (0..CLIENTS).map(|_| connect(&server)).collect();
        assert!(stacks() >= before + CLIENTS, "{} stacks", stacks());
        drop(clients);
        // The thread that ended last is joined by the next one that ends.
        eventually("stacks are kept", || stacks() <= before + CACHED + 1);
    }
    server.stop().expect("stop");
}
