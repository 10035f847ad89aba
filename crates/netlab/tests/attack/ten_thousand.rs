//! Ten thousand connections, or as many as the machine grants.

use std::fs;

use netlab::nix::sys::resource::{Resource, getrlimit};
use netlab::server::Limits;

use crate::client::{AT_ONCE, eventually};
use crate::crowd::Crowd;
use crate::models::MODELS;
use crate::round::attack;

const WANTED: usize = 10_000;

/// A process per connection is another matter: these are enough.
const PROCESSES: usize = 200;

/// Descriptors that a process needs for other things.
const OTHERS: usize = 100;

/// Mappings of a thread: its stack, the one for signals, and their guards.
const MAPPINGS: usize = 5;

#[test]
fn ten_thousand_connections_are_served_and_forgotten() {
    let limits = Limits {
        max_clients: WANTED,
        ..Limits::default()
    };
    attack("10 000 connections", &MODELS, limits, |round| {
        let addr = round.notebook.addr();
        let count = as_many_as_possible(round.notebook.model());
        let mut crowd = Crowd::gather();
        match round.notebook.model() {
            "iterative" => {
                assert_eq!(crowd.pass(addr, count), count);
            }
            model => {
                assert_eq!(crowd.connect(addr, count), count);
                assert_eq!(round.notebook.clients(), count);
                crowd.talk();
                let worst = round.note();
                println!("{model}: {count} connections at a time: {worst:?}");
                crowd.leave();
                eventually("all clients are off the list", || {
                    round.notebook.clients() == 0
                });
                round.forgotten();
                // And once more, to be ended by the server.
                let some = count / 5;
                assert_eq!(crowd.connect(addr, some), some);
                let took = round.notebook.stop();
                assert!(took < AT_ONCE, "{model}: {took:?}");
                crowd.break_off();
                round.notebook.serve();
            }
        }
    });
}

fn as_many_as_possible(model: &str) -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("getrlimit");
    let descriptors = (hard as usize).saturating_sub(OTHERS);
    let more = match model {
        "forking" => PROCESSES,
        "threaded" => {
            let mappings = number("/proc/sys/vm/max_map_count") / MAPPINGS;
            mappings.min(number("/proc/sys/kernel/threads-max") / 2)
        }
        _ => WANTED,
    };
    WANTED.min(descriptors).min(more)
}

fn number(file: &str) -> usize {
    let text = fs::read_to_string(file).expect("read /proc");
    text.trim().parse().expect("a number")
}
