//! What every server does with the bytes of one client.

use std::io::Write;
use std::net::Shutdown;

use netlab::server::Command;
use netlab::trace::{CloseReason, EventKind};

use crate::scenario::{
    MODELS, WATCHDOG, connect, exchange, rest, start, wait_for_close,
};

#[test]
fn bytes_without_newline_are_echoed_at_once() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        exchange(&client, b"ping", b"ping");
        exchange(&client, b"pong", b"pong");
    }
}

#[test]
fn quit_is_not_echoed_and_ends_the_client_only() {
    for (model, serve) in MODELS {
        for newline in ["\n", "\r\n"] {
            let server = start(serve);
            let client = connect(server.addr());
            exchange(&client, b"hi\n", b"hi\n");
            (&client)
                .write_all(format!("quit{newline}").as_bytes())
                .expect("send");
            assert_eq!(rest(&client), "", "{model}");
            wait_for_close(&server, CloseReason::Quit);
            assert!(server.is_running());
            exchange(&connect(server.addr()), b"next", b"next");
        }
    }
}

#[test]
fn stop_ends_the_server() {
    for (model, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        (&client).write_all(b"stop\r\n").expect("send");
        assert_eq!(rest(&client), "", "{model}");
        assert!(server.join_timeout(WATCHDOG).expect("join"), "{model}");
        assert!(!server.is_running());
        assert_eq!(server.threads(), 0, "{model}");
        let log = server.log();
        let kinds: Vec<_> =
            log.events().iter().map(|event| &event.kind).collect();
        assert!(kinds.contains(&&EventKind::Command(Command::Stop)), "{log}");
        assert_eq!(kinds.last(), Some(&&EventKind::Stopped), "{log}");
    }
}

#[test]
fn command_split_over_packets_is_a_command() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        // The answer to `hi\n` proves that `qu` has been read apart from it.
        exchange(&client, b"hi\nqu", b"hi\n");
        (&client).write_all(b"it\r\nlost").expect("send");
        assert_eq!(rest(&client), "");
        wait_for_close(&server, CloseReason::Quit);
    }
}

#[test]
fn text_and_command_in_one_packet_are_told_apart() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        (&client).write_all(b"hi\r\nquit\r\nlost").expect("send");
        assert_eq!(rest(&client), "hi\r\n");
    }
}

#[test]
fn beginning_of_a_command_that_becomes_text_is_echoed() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        exchange(&client, b"a\nqui", b"a\n");
        exchange(&client, b"et", b"quiet");
        exchange(&client, b"\nstop it\n", b"\nstop it\n");
    }
}

#[test]
fn character_split_over_packets_is_whole_in_the_log() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        let bytes = "привет".as_bytes();
        exchange(&client, &bytes[..3], &bytes[..3]);
        exchange(&client, &bytes[3..], &bytes[3..]);
        let texts: Vec<String> = server
            .log()
            .events()
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Received { text, .. } => Some(text.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["п", "ривет"]);
    }
}

#[test]
fn bytes_that_are_no_text_come_back_unchanged() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let all: Vec<u8> = (0..=255).collect();
        exchange(&connect(server.addr()), &all, &all);
    }
}

#[test]
fn half_closing_client_gets_its_answer_and_what_was_held_back() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        (&client).write_all(b"ping\nqu").expect("send");
        client.shutdown(Shutdown::Write).expect("half-close");
        assert_eq!(rest(&client), "ping\nqu");
        wait_for_close(&server, CloseReason::EndOfStream);
    }
}

#[test]
fn bytes_are_counted_per_client() {
    for (_, serve) in MODELS {
        let server = start(serve);
        let client = connect(server.addr());
        exchange(&client, b"abc\nqu", b"abc\n");
        let clients = server.clients();
        assert_eq!(clients.len(), 1);
        assert_eq!(clients[0].peer, client.local_addr().expect("own address"));
        assert_eq!(clients[0].received, 6);
    }
}
