//! The total time of an exchange, beside the client's three timeouts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use netlab::client::{self, Client, Outcome, Timeouts};
use netlab::server;

use crate::client::full_queue;
use crate::scenario::{WATCHDOG, watch};

/// A wait that is meant to run out.
const SHORT: Duration = Duration::from_millis(50);

/// The pace of a peer that is never silent for a read timeout.
const PACE: Duration = Duration::from_millis(5);

/// A total time that runs out long before any of the three timeouts.
fn strict() -> Timeouts {
    Timeouts {
        total: Some(SHORT),
        ..Timeouts::new(WATCHDOG, WATCHDOG, WATCHDOG)
    }
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    (listener, addr)
}

#[test]
fn peer_that_drips_holds_a_loop_of_reads_no_longer_than_the_total_time() {
    let (listener, addr) = listen();
    let (enough, is_enough) = mpsc::channel::<()>();
    let drip = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("accept");
        watch(&stream);
        stream.read_exact(&mut [0; 4]).expect("request");
        while is_enough.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
            stream.write_all(b".").expect("send");
        }
    });
    let mut client = Client::connect(addr, strict()).expect("connect");
    let begin = Instant::now();
    let mut outcome = client.ask(b"ping").expect("ask");
    while matches!(outcome, Outcome::Answered(_)) {
        assert!(begin.elapsed() < WATCHDOG, "no end of the answer");
        outcome = client.read_outcome().expect("read");
    }
    assert_eq!(outcome, Outcome::TotalTimeout);
    assert_eq!(
        client.read_outcome().expect("still over"),
        Outcome::TotalTimeout
    );
    drop(enough);
    drip.join().expect("peer");
}

#[test]
fn every_wait_is_cut_to_the_total_time() {
    let (_listener, _queued, full) = full_queue();
    let outcome = client::ask(full, b"ping", strict()).expect("connect");
    assert_eq!(outcome, Outcome::TotalTimeout);
    let error = Client::connect(full, strict()).expect_err("full");
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);

    let (_silent, addr) = listen();
    let outcome = client::ask(addr, b"ping", strict()).expect("read");
    assert_eq!(outcome, Outcome::TotalTimeout);
    let much = vec![0; 64 << 20];
    let outcome = client::ask(addr, &much, strict()).expect("write");
    assert_eq!(outcome, Outcome::TotalTimeout);
}

#[test]
fn shorter_timeout_keeps_its_own_outcome() {
    let (_silent, addr) = listen();
    let timeouts = Timeouts {
        read: SHORT,
        total: Some(WATCHDOG),
        ..strict()
    };
    let outcome = client::ask(addr, b"ping", timeouts).expect("ask");
    assert_eq!(outcome, Outcome::ReadTimeout);
}

#[test]
fn total_time_begins_anew_with_each_question() {
    let server = server::bind("127.0.0.1:0").expect("bind");
    let server = server::threaded::serve(server).expect("serve");
    let mut client = Client::connect(server.addr(), strict()).expect("connect");
    // Nothing comes without a question.
    let silence = client.read_outcome().expect("read");
    assert_eq!(silence, Outcome::TotalTimeout);
    client.send(b"ping").expect("send");
    let answer = Outcome::Answered(b"ping".to_vec());
    assert_eq!(client.read_outcome().expect("read"), answer);
    let silence = client.read_outcome().expect("read");
    assert_eq!(silence, Outcome::TotalTimeout);
    assert_eq!(client.ask(b"ping").expect("ask"), answer);
}
