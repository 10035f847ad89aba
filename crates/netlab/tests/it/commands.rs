//! A command received is a command done, whatever its client does next.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use netlab::server::Command;
use netlab::socket2::SockRef;
use netlab::trace::{CloseReason, EventKind};

use crate::scenario::{
    MODELS, WATCHDOG, connect, start, wait_for, wait_for_close,
};

/// How often each scenario is played: a command is lost only in some timings.
const ROUNDS: usize = 100;

/// A way for a client to leave.
type Leave = fn(TcpStream);

/// The ways to leave without waiting for an answer.
const WAYS: [(&str, Leave); 2] = [("close", drop), ("reset", reset)];

/// With a linger time of zero `close(2)` sends RST instead of FIN.
fn reset(client: TcpStream) {
    SockRef::from(&client)
        .set_linger(Some(Duration::ZERO))
        .expect("linger");
    drop(client);
}

/// Sends all of `request` in one call and leaves at once.
fn send_and_leave(addr: SocketAddr, request: &[u8], leave: Leave) {
    let mut client = connect(addr);
    client.write_all(request).expect("send");
    leave(client);
}

/// Plays every way to leave against every model: the server must stop.
#[track_caller]
fn stops_every_server(request: &[u8]) {
    for (model, serve) in MODELS {
        for (way, leave) in WAYS {
            for round in 0..ROUNDS {
                let server = start(serve);
                send_and_leave(server.addr(), request, leave);
                assert!(
                    server.join_timeout(WATCHDOG).expect("join"),
                    "{model}, {way}, round {round}:\n{server}"
                );
                wait_for(&server, |kind| {
                    *kind == EventKind::Command(Command::Stop)
                });
                wait_for_close(&server, CloseReason::Stop);
            }
        }
    }
}

#[test]
fn stop_of_a_client_that_has_left_stops_the_server() {
    stops_every_server(b"hi\nstop\n");
}

#[test]
fn stop_behind_answers_that_nobody_takes_stops_the_server() {
    // More than one read of the server takes: the first answer meets the
    // client's RST, and the command is still in the receive buffer.
    let mut request = b"hi\n".repeat(4096);
    request.extend_from_slice(b"stop\n");
    stops_every_server(&request);
}

#[test]
fn quit_of_a_client_that_has_left_is_told_as_such() {
    for (model, serve) in MODELS {
        let server = start(serve);
        for (way, leave) in WAYS {
            let quits = || {
                let quit = EventKind::Closed {
                    reason: CloseReason::Quit,
                };
                let log = server.log();
                log.events().iter().filter(|e| e.kind == quit).count()
            };
            let before = quits();
            send_and_leave(server.addr(), b"hi\nquit\n", leave);
            let told = server.recorder().wait_for(WATCHDOG, |events| {
                let closed =
                    |kind: &EventKind| matches!(kind, EventKind::Closed { .. });
                events.iter().filter(|e| closed(&e.kind)).count() > before
            });
            assert!(told && quits() == before + 1, "{model}, {way}\n{server}");
        }
        assert!(server.is_running());
    }
}
