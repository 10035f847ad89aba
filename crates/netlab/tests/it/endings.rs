//! Clients that misbehave. None of them may harm the server.

use std::io::{ErrorKind, Write};
use std::time::Duration;

use netlab::server::Limits;
use netlab::socket2::SockRef;
use netlab::trace::CloseReason;

use crate::scenario::{
    MODELS, connect, exchange, rest, start, start_with, wait_for_close,
};

#[test]
fn client_that_resets_is_logged_and_the_next_one_served() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        exchange(&client, b"ping", b"ping");
        // With a linger time of zero `close(2)` sends RST instead of FIN.
        SockRef::from(&client)
            .set_linger(Some(Duration::ZERO))
            .expect("linger");
        drop(client);
        wait_for_close(&server, CloseReason::Reset);
        exchange(&connect(server.addr()), b"next", b"next");
    }
}

#[test]
fn client_that_never_writes_is_closed_after_the_read_timeout() {
    for (_, serve) in MODELS {
        let read_timeout = Some(Duration::from_millis(50));
        let server = start_with(
            serve,
            Limits {
                read_timeout,
                ..Limits::default()
            },
        );
        assert_eq!(rest(&connect(server.addr())), "");
        wait_for_close(&server, CloseReason::ReadTimeout);
        assert!(server.is_running());
    }
}

#[test]
fn client_that_never_reads_is_closed_after_the_write_timeout() {
    for (model, serve) in MODELS {
        let write_timeout = Some(Duration::from_millis(50));
        let server = start_with(
            serve,
            Limits {
                write_timeout,
                ..Limits::default()
            },
        );
        let mut client = connect(server.addr());
        let block = vec![b'x'; 1 << 20];
        // The echo fills the buffers of both directions, the server gives up,
        // and its close with unread bytes resets the connection.
        let error = loop {
            if let Err(error) = client.write_all(&block) {
                break error;
            }
        };
        let broken = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
        assert!(broken.contains(&error.kind()), "{model}: {error}");
        wait_for_close(&server, CloseReason::WriteTimeout);
        exchange(&connect(server.addr()), b"next", b"next");
    }
}

#[test]
fn client_that_connects_and_leaves_is_an_end_of_stream() {
    for (_, serve) in MODELS {
        let server = start(serve);
        drop(connect(server.addr()));
        wait_for_close(&server, CloseReason::EndOfStream);
        assert!(server.clients().is_empty());
    }
}

#[test]
fn answer_to_quit_survives_bytes_that_nobody_reads() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let mut client = connect(server.addr());
        // More than one read of the server takes: the rest would turn the FIN
        // after `quit` into an RST, and the RST could destroy `hi`.
        let mut bytes = b"hi\nquit\n".to_vec();
        bytes.resize(64 * 1024, b'x');
        client.write_all(&bytes).expect("send");
        client
            .shutdown(std::net::Shutdown::Write)
            .expect("half-close");
        assert_eq!(rest(&client), "hi\n");
    }
}
