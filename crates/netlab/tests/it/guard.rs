//! The guard, against the real thing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netlab::guard;

use crate::scenario::{WATCHDOG, watch};

/// Long enough for every thread to get where it gets stuck, busy machine
/// included; short enough to wait for.
const LIMIT: Duration = Duration::from_millis(500);

/// Both ends of a connection, without any timeout.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let client = TcpStream::connect(listener.local_addr().expect("address"))
        .expect("connect");
    (listener.accept().expect("accept").0, client)
}

fn ends(stream: &TcpStream) -> (SocketAddr, SocketAddr) {
    (
        stream.local_addr().expect("own address"),
        stream.peer_addr().expect("peer"),
    )
}

#[test]
fn result_in_time_is_returned() {
    assert_eq!(guard(WATCHDOG, || 6 * 7).expect("in time"), 42);
}

#[test]
fn panic_goes_on_in_the_caller() {
    let panic = panic::catch_unwind(|| {
        guard(WATCHDOG, || panic::resume_unwind(Box::new("why")))
    })
    .expect_err("the panic of the closure");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"why"));
}

#[test]
fn limit_of_zero_runs_nothing() {
    let (sender, receiver) = mpsc::channel();
    let stuck =
        guard(Duration::ZERO, move || sender.send(())).expect_err("zero");
    assert!(stuck.threads.is_empty());
    assert!(stuck.to_string().contains("равен нулю"), "{stuck}");
    assert!(receiver.recv().is_err(), "the closure was dropped, not run");
}

#[test]
fn both_ends_that_read_are_named_and_freed() {
    let (mut server, mut client) = pair();
    let (server_end, client_end) = ends(&server);
    let stuck = guard(LIMIT, move || {
        let other = thread::spawn(move || server.read(&mut [0; 16]));
        let count = client.read(&mut [0; 16]);
        (count, other.join())
    })
    .expect_err("nobody writes");

    assert!(stuck.released, "{stuck}");
    let text = stuck.to_string();
    let reading: Vec<_> = stuck
        .threads
        .iter()
        .filter(|t| t.syscall == "recvfrom")
        .collect();
    assert_eq!(reading.len(), 2, "{text}");
    assert!(
        text.contains(&format!("сокет {server_end} ← {client_end}")),
        "{text}"
    );
    assert!(
        text.contains(&format!("сокет {client_end} ← {server_end}")),
        "{text}"
    );
    assert!(text.contains("взаимная блокировка"), "{text}");
}

#[test]
fn both_ends_that_write_are_named_and_freed() {
    let (mut server, mut client) = pair();
    let stuck = guard(LIMIT, move || {
        let much = vec![0; 64 << 20];
        let other =
            thread::spawn(move || server.write_all(&vec![0; 64 << 20]).is_ok());
        (client.write_all(&much).is_ok(), other.join())
    })
    .expect_err("nobody reads");
    assert!(stuck.released, "{stuck}");
    let writing = stuck
        .threads
        .iter()
        .filter(|thread| thread.syscall == "sendto");
    assert_eq!(writing.count(), 2, "{stuck}");
}

#[test]
fn accept_that_nobody_answers_is_named_and_freed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    let stuck = guard(LIMIT, move || listener.accept().is_ok())
        .expect_err("nobody connects");
    assert!(stuck.released, "{stuck}");
    let text = stuck.to_string();
    assert!(
        text.contains(&format!("accept4(2): слушающий сокет {addr}")),
        "{text}"
    );
    assert!(text.contains("никто не подключается"), "{text}");
}

#[test]
fn connect_with_a_timeout_is_seen_in_poll_and_freed() {
    use netlab::socket2::{Domain, Socket, Type};

    let full = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    full.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .expect("bind");
    full.listen(0).expect("listen");
    let addr = full
        .local_addr()
        .expect("address")
        .as_socket()
        .expect("IPv4");
    let _queued =
        TcpStream::connect_timeout(&addr, WATCHDOG).expect("one fits");

    let hour = Duration::from_secs(3600);
    let connect = move || TcpStream::connect_timeout(&addr, hour).is_ok();
    let stuck = guard(LIMIT, connect).expect_err("the queue is full");
    assert!(stuck.released, "{stuck}");
    assert_eq!(stuck.threads.len(), 1);
    assert!(stuck.threads[0].syscall.ends_with("poll"), "{stuck}");
    assert!(stuck.to_string().contains("SYN_SENT"), "{stuck}");
}

#[test]
fn thread_that_waits_for_no_socket_is_named_and_stays() {
    let (sender, receiver) = mpsc::channel::<()>();
    let stuck =
        guard(LIMIT, move || receiver.recv()).expect_err("nobody sends");
    assert!(!stuck.released, "{stuck}");
    assert_eq!(stuck.threads.len(), 1, "{stuck}");
    assert_eq!(stuck.threads[0].syscall, "futex", "{stuck}");
    assert!(
        stuck
            .to_string()
            .contains("не все потоки удалось освободить"),
        "{stuck}"
    );
    // Let it go after all.
    drop(sender);
}

#[test]
fn thread_that_computes_is_no_wait() {
    let (sender, receiver) = mpsc::channel::<()>();
    let spin =
        move || while receiver.try_recv() == Err(mpsc::TryRecvError::Empty) {};
    let stuck = guard(LIMIT, spin).expect_err("an endless loop");
    assert_eq!(stuck.threads[0].number, None, "{stuck}");
    assert!(stuck.to_string().contains("вычисляет"), "{stuck}");
    drop(sender);
}

#[test]
fn other_connections_are_left_alone() {
    let (server, client) = pair();
    watch(&server);
    watch(&client);
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    guard(LIMIT, move || listener.accept().is_ok())
        .expect_err("nobody connects");
    (&client).write_all(b"ping").expect("send");
    let mut bytes = [0; 4];
    (&server).read_exact(&mut bytes).expect("receive");
}
