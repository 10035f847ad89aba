//! No duration panics, however long or short.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use netlab::client::{self, Client, Outcome, Timeouts};
use netlab::rendezvous;
use netlab::server::Limits;
use netlab::trace::{Event, EventKind, Recorder};

use crate::scenario::{MODELS, connect, exchange, rest, start, start_with};

const LONG: [Duration; 2] =
    [Duration::MAX, Duration::from_secs(i64::MAX as u64)];

/// Less than a system call can be told.
const TINY: Duration = Duration::from_nanos(1);

#[test]
fn recorder_waits_for_an_event_without_end() {
    for limit in LONG {
        let recorder = Recorder::new();
        let writer = recorder.clone();
        let thread = std::thread::spawn(move || {
            writer.record(None, EventKind::Stopped);
        });
        let any = |events: &[Event]| !events.is_empty();
        assert!(recorder.wait_for(limit, any));
        thread.join().expect("writer");
    }
    for limit in [Duration::ZERO, TINY] {
        assert!(!Recorder::new().wait_for(limit, |_| false));
    }
}

#[test]
fn servers_take_every_limit() {
    for (model, serve) in MODELS {
        for limit in [LONG[0], LONG[1], Duration::from_secs(60)] {
            let limits = Limits {
                read_timeout: Some(limit),
                write_timeout: Some(limit),
                ..Limits::default()
            };
            let server = start_with(serve, limits);
            let client = connect(server.addr());
            exchange(&client, b"hi\nstop\n", b"hi\n");
            assert_eq!(rest(&client), "", "{model}");
            assert!(server.join_timeout(limit).expect("join"), "{model}");
        }
        let limits = Limits {
            read_timeout: Some(TINY),
            write_timeout: Some(TINY),
            ..Limits::default()
        };
        let server = start_with(serve, limits);
        assert_eq!(rest(&connect(server.addr())), "", "{model}");
        assert!(!server.join_timeout(TINY).expect("join"));
    }
}

#[test]
fn client_takes_every_timeout() {
    let server = start(MODELS[1].1);
    for limit in LONG {
        let timeouts = Timeouts {
            total: Some(limit),
            ..Timeouts::new(limit, limit, limit)
        };
        let answer = client::ask(server.addr(), b"ping", timeouts);
        assert_eq!(answer.expect("ask"), Outcome::Answered(b"ping".to_vec()));
    }
    let timeouts = Timeouts {
        total: Some(TINY),
        ..Timeouts::default()
    };
    let outcome = client::ask(server.addr(), b"ping", timeouts);
    assert_eq!(outcome.expect("ask"), Outcome::TotalTimeout);
    let timeouts = Timeouts {
        read: TINY,
        write: TINY,
        ..Timeouts::default()
    };
    let mut client = Client::connect(server.addr(), timeouts).expect("connect");
    assert_eq!(client.read_outcome().expect("read"), Outcome::ReadTimeout);
}

#[test]
fn name_is_found_within_every_limit() {
    let name = format!("durations-{}", std::process::id());
    for limit in [Duration::ZERO, TINY] {
        let error = rendezvous::find_within(&name, limit).expect_err("nobody");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let addr = "127.0.0.1:1".parse().expect("address");
    let _published = rendezvous::publish(&name, addr).expect("publish");
    for limit in LONG {
        assert_eq!(rendezvous::find_within(&name, limit).expect("find"), addr);
    }
}

#[test]
fn guard_takes_every_limit() {
    for limit in LONG {
        assert_eq!(netlab::guard(limit, || 7).expect("in time"), 7);
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let stuck = netlab::guard(TINY, move || listener.accept().map(drop));
    assert!(stuck.expect_err("nobody comes").released);
}
