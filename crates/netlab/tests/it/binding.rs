//! `bind` and its errors.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use netlab::server::{self, Limits};
use netlab::trace::EventKind;

use crate::scenario::{MODELS, child, connect, exchange, plays, start};

#[test]
fn old_server_of_this_process_is_taken_over() {
    for (_, serve) in MODELS {
        let old = start(serve);
        let addr = old.addr();
        let client = connect(addr);
        exchange(&client, b"ping", b"ping");

        // What a cell does that is run again: the new one is built first.
        let new =
            serve(server::bind(addr).expect("take over"), Limits::default())
                .expect("serve");
        assert_eq!(new.addr(), addr);
        assert!(!old.is_running());
        assert!(
            old.log()
                .events()
                .iter()
                .any(|event| event.kind == EventKind::TakenOver)
        );
        drop(old);
        assert!(new.is_running());
        exchange(&connect(addr), b"ping", b"ping");
    }
}

#[test]
fn port_held_by_a_variable_of_this_process_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let error = server::bind(listener.local_addr().expect("address"))
        .expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(text.contains("этим же процессом"), "{text}");
    assert!(text.contains(&std::process::id().to_string()), "{text}");
}

#[test]
fn port_held_by_another_process_names_it() {
    let test = "binding::port_held_by_another_process_names_it";
    if plays("port-holder") {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        println!("\nport {}", listener.local_addr().expect("address").port());
        // Until the parent closes the pipe.
        let _ = std::io::stdin().read_line(&mut String::new());
        return;
    }
    let mut holder = child(test, "port-holder").spawn().expect("start a child");
    let stdout = BufReader::new(holder.stdout.take().expect("piped"));
    let line = stdout
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("port ").map(str::to_owned))
        .expect("the child's port");
    let port: u16 = line.parse().expect("a number");

    let error = server::bind(("127.0.0.1", port)).expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
    assert!(
        text.contains(&format!("процессом {}", holder.id())),
        "{text}"
    );

    holder
        .stdin
        .take()
        .expect("piped")
        .write_all(b"\n")
        .expect("tell it to end");
    holder.wait().expect("wait for the child");
}

#[test]
fn address_that_others_can_reach_is_refused() {
    for addr in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        let error = server::bind(addr).expect_err(addr);
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    }
    for (_, serve) in MODELS {
        let open = TcpListener::bind("0.0.0.0:0").expect("bind");
        let error =
            serve(open, Limits::default()).expect_err("beyond loopback");
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    }
}

#[test]
fn zero_limits_are_refused_by_every_server() {
    for (_, serve) in MODELS {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let zero = Limits {
            read_timeout: Some(std::time::Duration::ZERO),
            ..Limits::default()
        };
        let error = serve(listener, zero).expect_err("zero");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("равен нулю"), "{error}");
    }
}

#[test]
fn name_without_addresses_is_an_error() {
    let error =
        server::bind(&[] as &[std::net::SocketAddr]).expect_err("nothing");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn port_of_somebody_else_is_exchanged_for_a_free_one_on_request() {
    let other = TcpListener::bind("127.0.0.1:0").expect("bind");
    let taken = other.local_addr().expect("address");
    let listener = server::bind_or_free(taken).expect("another port");
    let addr = listener.local_addr().expect("address");
    assert_eq!(addr.ip(), taken.ip());
    assert_ne!(addr.port(), taken.port());
}

#[test]
fn port_of_an_own_old_server_is_taken_over_not_exchanged() {
    let old = start(MODELS[0].1);
    let addr = old.addr();
    let listener = server::bind_or_free(addr).expect("take over");
    assert_eq!(listener.local_addr().expect("address"), addr);
}

#[test]
fn bind_or_free_stays_on_loopback() {
    let error = server::bind_or_free("0.0.0.0:0").expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[test]
fn port_of_a_server_that_is_ending_is_taken_over() {
    for (model, serve) in MODELS {
        for round in 0..200 {
            let old = start(serve);
            let addr = old.addr();
            let barrier = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| {
                    barrier.wait();
                    old.stop().expect("stop");
                });
                barrier.wait();
                // Another moment of the ending in each round.
                let moment = Instant::now() + Duration::from_micros(1) * round;
                while Instant::now() < moment {}
                let new = server::bind(addr);
                assert!(new.is_ok(), "{model}, round {round}: {new:?}");
            });
        }
    }
}
