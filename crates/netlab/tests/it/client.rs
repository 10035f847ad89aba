//! The client and its outcomes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use netlab::client::{self, Client, Outcome, Timeouts};
use netlab::socket2::{Domain, SockRef, Socket, Type};

use crate::scenario::{MODELS, WATCHDOG, start, watch};

/// A wait that is meant to run out.
const SHORT: Duration = Duration::from_millis(50);

/// A listener that nobody accepts from, and its address.
fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    (listener, addr)
}

/// Timeouts none of which runs out when all is well.
fn patient() -> Timeouts {
    Timeouts::new(WATCHDOG, WATCHDOG, WATCHDOG)
}

#[test]
fn server_answers() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let outcome =
            client::ask(server.addr(), b"ping", patient()).expect("ask");
        assert_eq!(outcome, Outcome::Answered(b"ping".to_vec()));
    }
}

#[test]
fn port_without_a_listener_refuses() {
    // Bound and not listening: nobody else can get this port meanwhile.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .expect("bind");
    let addr = socket
        .local_addr()
        .expect("address")
        .as_socket()
        .expect("IPv4");

    assert_eq!(
        client::ask(addr, b"ping", patient()).expect("ask"),
        Outcome::Refused
    );
    let error = Client::connect(addr, patient()).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(error.to_string().contains(&addr.to_string()), "{error}");
}

#[test]
fn full_accept_queue_is_a_connect_timeout() {
    let (_listener, _queued, addr) = full_queue();
    let timeouts = Timeouts {
        connect: SHORT,
        ..patient()
    };
    assert_eq!(
        client::ask(addr, b"ping", timeouts).expect("ask"),
        Outcome::ConnectTimeout
    );
    let error = Client::connect(addr, timeouts).expect_err("full");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

/// A listener whose queue takes no further connection.
pub(crate) fn full_queue() -> (Socket, Vec<TcpStream>, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .expect("bind");
    socket.listen(1).expect("listen");
    let addr = socket
        .local_addr()
        .expect("address")
        .as_socket()
        .expect("IPv4");
    // Linux takes one more than the backlog.
    let queued = (0..2)
        .map(|_| TcpStream::connect_timeout(&addr, WATCHDOG).expect("connect"));
    let queued = queued.collect();
    (socket, queued, addr)
}

#[test]
fn silent_server_is_a_read_timeout_and_the_connection_stays_good() {
    let (listener, addr) = listen();
    let timeouts = Timeouts {
        read: SHORT,
        ..patient()
    };
    let mut client = Client::connect(addr, timeouts).expect("connect");
    assert_eq!(client.ask(b"ping").expect("ask"), Outcome::ReadTimeout);

    let (mut server, _) = listener.accept().expect("accept");
    let mut request = [0; 4];
    server.read_exact(&mut request).expect("request");
    server.write_all(&request).expect("answer");
    assert_eq!(
        client.read_outcome().expect("read"),
        Outcome::Answered(b"ping".to_vec())
    );
}

#[test]
fn server_that_does_not_read_is_a_write_timeout() {
    let (_listener, addr) = listen();
    let timeouts = Timeouts {
        write: SHORT,
        ..patient()
    };
    let mut client = Client::connect(addr, timeouts).expect("connect");
    let much = vec![0; 64 << 20];
    assert_eq!(client.ask(&much).expect("ask"), Outcome::WriteTimeout);
    let error = client.send(&much).expect_err("still full");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[test]
fn server_that_sips_at_a_request_does_not_stretch_the_write_timeout() {
    let (listener, addr) = listen();
    let timeouts = Timeouts {
        write: 10 * SHORT,
        ..patient()
    };
    let (enough, is_enough) = mpsc::channel::<()>();
    let sip = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("accept");
        watch(&stream);
        let mut buffer = vec![0; 64 << 10];
        // Slow enough for the whole request to take seconds.
        while is_enough
            .recv_timeout(SHORT / 10)
            .is_err_and(|error| error == RecvTimeoutError::Timeout)
        {
            stream.read_exact(&mut buffer).expect("a sip");
        }
    });
    let mut client = Client::connect(addr, timeouts).expect("connect");
    let error = client.send(&vec![0; 64 << 20]).expect_err("too slow");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    drop(enough);
    sip.join().expect("peer");
}

#[test]
fn closed_connection_is_told_once_and_an_error_from_then_on() {
    let (listener, addr) = listen();
    let mut client = Client::connect(addr, patient()).expect("connect");
    drop(listener.accept().expect("accept"));
    assert_eq!(client.read_outcome().expect("read"), Outcome::ClosedByPeer);
    for error in [
        client.ask(b"ping").expect_err("ask"),
        client.send(b"ping").expect_err("send"),
        client.read_outcome().expect_err("read"),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotConnected);
        assert!(error.to_string().contains("уже окончено"), "{error}");
    }
}

#[test]
fn broken_connection_is_a_reset() {
    let (listener, addr) = listen();
    let mut client = Client::connect(addr, patient()).expect("connect");
    let (stream, _) = listener.accept().expect("accept");
    SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .expect("linger");
    drop(stream);
    assert_eq!(client.read_outcome().expect("read"), Outcome::Reset);
    assert_eq!(
        client.ask(b"ping").expect_err("ended").kind(),
        ErrorKind::NotConnected
    );
}

#[test]
fn answer_that_has_arrived_before_a_reset_is_read() {
    let (listener, addr) = listen();
    let mut client = Client::connect(addr, patient()).expect("connect");
    let (mut stream, _) = listener.accept().expect("accept");
    stream.write_all(b"busy\n").expect("send");
    SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .expect("linger");
    drop(stream);
    let outcome = client.ask(b"ping").expect("ask");
    assert_eq!(outcome, Outcome::Answered(b"busy\n".to_vec()));
    assert_eq!(client.read_outcome().expect("read"), Outcome::Reset);
}

#[test]
fn answer_is_read_after_a_send_that_met_a_reset() {
    let (listener, addr) = listen();
    let mut client = Client::connect(addr, patient()).expect("connect");
    let (mut stream, _) = listener.accept().expect("accept");
    stream.write_all(b"busy\n").expect("send");
    drop(stream);
    // The first one meets an orderly close and brings the RST upon itself.
    client.send(b"ping").expect("send");
    let error = client.send(b"ping").expect_err("reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let outcome = client.read_outcome().expect("read");
    assert_eq!(outcome, Outcome::Answered(b"busy\n".to_vec()));
    assert_eq!(client.read_outcome().expect("read"), Outcome::Reset);
    let error = client.send(b"ping").expect_err("ended");
    assert_eq!(error.kind(), ErrorKind::NotConnected);
}

#[test]
fn zero_timeout_is_refused_before_anything_is_sent() {
    let (listener, addr) = listen();
    listener.set_nonblocking(true).expect("non-blocking");
    let zero = Duration::ZERO;
    for (timeouts, name) in [
        (
            Timeouts {
                connect: zero,
                ..patient()
            },
            "connect",
        ),
        (
            Timeouts {
                read: zero,
                ..patient()
            },
            "read",
        ),
        (
            Timeouts {
                write: zero,
                ..patient()
            },
            "write",
        ),
        (
            Timeouts {
                total: Some(zero),
                ..patient()
            },
            "total",
        ),
    ] {
        let error = Client::connect(addr, timeouts).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(name), "{error}");
    }
    // `connect_timeout` of the standard library would have connected.
    assert_eq!(
        listener.accept().expect_err("nobody").kind(),
        ErrorKind::WouldBlock
    );
}

#[test]
fn every_outcome_is_one_line() {
    let outcomes = [
        Outcome::Answered(b"a\nb".to_vec()),
        Outcome::Refused,
        Outcome::ConnectTimeout,
        Outcome::ReadTimeout,
        Outcome::WriteTimeout,
        Outcome::TotalTimeout,
        Outcome::ClosedByPeer,
        Outcome::Reset,
    ];
    for outcome in outcomes {
        assert_eq!(outcome.to_string().lines().count(), 1, "{outcome}");
    }
}
