//! The processes of the forking server do not allocate.
//!
//! A lock of the allocator that another thread held at the moment of the fork
//! would never be released in the child. In a binary of its own, because its
//! allocator ends every process that allocates and is not the first one.

#![allow(unsafe_code)] // An allocator is unsafe to write.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use netlab::ServerHandle;
use netlab::server::forking::{self, Fault};
use netlab::server::{self, Limits};
use netlab::socket2::SockRef;
use netlab::trace::{Event, EventKind};

const WATCHDOG: Duration = Duration::from_secs(5);

/// The process that may allocate; 0 while everybody may.
static HOME: AtomicU32 = AtomicU32::new(0);

struct Guarded;

fn check() {
    let home = HOME.load(Ordering::Relaxed);
    if home != 0 && home != std::process::id() {
        std::process::abort();
    }
}

// SAFETY: everything is left to the allocator of the system.
unsafe impl GlobalAlloc for Guarded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check();
        // SAFETY: the promise of our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        check();
        // SAFETY: the promise of our caller.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Guarded = Guarded;

fn connect(server: &ServerHandle) -> TcpStream {
    let client = TcpStream::connect(server.addr()).expect("connect");
    client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
    client
}

fn exchange(mut client: &TcpStream, request: &[u8], answer: &[u8]) {
    client.write_all(request).expect("send");
    let mut bytes = vec![0; answer.len()];
    client.read_exact(&mut bytes).expect("answer");
    assert_eq!(bytes, answer);
}

fn rest(mut client: &TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).expect("end of stream");
    bytes
}

/// Every way in which a client can end.
fn play(server: &ServerHandle) {
    let client = connect(server);
    exchange(&client, b"qu", b"");
    exchange(&client, b"iet\nhi\nquit\n", b"quiet\nhi\n");
    assert_eq!(rest(&client), b"");

    let client = connect(server);
    let long = vec![b'x'; 100_000];
    exchange(&client, &long, &long);
    client.shutdown(Shutdown::Write).expect("half-close");
    assert_eq!(rest(&client), b"");

    let client = connect(server);
    exchange(&client, b"ping", b"ping");
    let linger = Some(Duration::ZERO);
    SockRef::from(&client).set_linger(linger).expect("linger");
    drop(client);
}

/// How the processes have ended.
fn endings(server: &ServerHandle) -> Vec<String> {
    let ending = |event: &Event| match &event.kind {
        EventKind::Reaped { ending, .. } => Some(ending.clone()),
        _ => None,
    };
    server.log().events().iter().filter_map(ending).collect()
}

#[test]
fn processes_of_the_server_do_not_allocate() {
    HOME.store(std::process::id(), Ordering::Relaxed);
    let limits = Limits::default();
    for fault in [
        None,
        Some(Fault::ChildKeepsAccepting),
        Some(Fault::NoReaping),
        Some(Fault::ListenerKept),
    ] {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let server = match fault {
            None => forking::serve_with(listener, limits),
            Some(fault) => forking::serve_faulty(listener, limits, fault),
        };
        let server = server.expect("serve");
        play(&server);
        let client = connect(&server);
        exchange(&client, b"stop\n", b"");
        assert_eq!(rest(&client), b"");
        assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
        let endings = endings(&server);
        assert!(endings.contains(&"завершился с кодом 0".to_owned()));
        for ending in endings {
            // Those that kept accepting were killed at the end.
            assert!(!ending.contains("SIGABRT"), "{fault:?}: {ending}");
        }
    }

    // And the refusal of a client, and a stop from outside.
    let listener = server::bind("127.0.0.1:0").expect("bind");
    let one = Limits {
        max_clients: 1,
        ..limits
    };
    let server = forking::serve_with(listener, one).expect("serve");
    let first = connect(&server);
    exchange(&first, b"ping", b"ping");
    assert!(rest(&connect(&server)).starts_with("сервер занят".as_bytes()));
    exchange(&first, b"ping", b"ping");
    server.stop().expect("stop");
    let ended = ["убит сигналом SIGKILL", "завершился с кодом 0"];
    assert_eq!(endings(&server), ended);

    // And a client that never says anything.
    let listener = server::bind("127.0.0.1:0").expect("bind");
    let short = Limits {
        read_timeout: Some(Duration::from_millis(50)),
        ..limits
    };
    let server = forking::serve_with(listener, short).expect("serve");
    assert_eq!(rest(&connect(&server)), b"");
    let reaped = |events: &[Event]| {
        events
            .iter()
            .any(|e| matches!(e.kind, EventKind::Reaped { .. }))
    };
    assert!(server.recorder().wait_for(WATCHDOG, reaped), "{server}");
    assert_eq!(endings(&server), ["завершился с кодом 0"]);
}
