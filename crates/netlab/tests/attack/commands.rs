//! Commands in heaps, in pieces, and in the moment of leaving.

use std::io::Write;

use netlab::server::Limits;

use crate::client::{WATCHDOG, connect, exchange, reset, rest};
use crate::models::MODELS;
use crate::round::{Round, attack};

#[test]
fn thousand_commands_in_one_packet_are_one() {
    attack(
        "1 000 commands in one packet",
        &MODELS,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            for (packet, echo) in [
                ("quit\n".repeat(1000), ""),
                ("quit\r\n".repeat(1000), ""),
                ("hi\nquit\nstop\n".repeat(1000), "hi\n"),
            ] {
                let client = connect(addr);
                (&client).write_all(packet.as_bytes()).expect("send");
                assert_eq!(rest(&client), echo.as_bytes());
            }
            round.note();
            assert_eq!(round.notebook.count("команда quit"), 3);
            assert_eq!(round.notebook.count("команда stop"), 0);
            assert!(round.notebook.is_running());

            let client = connect(addr);
            let packet = "stop\n".repeat(1000);
            (&client).write_all(packet.as_bytes()).expect("send");
            assert_eq!(rest(&client), b"");
            ended(round);
            assert_eq!(round.notebook.count("команда stop"), 1);
            round.notebook.serve();
        },
    );
}

#[test]
fn command_split_and_doubled_is_obeyed_once() {
    attack(
        "commands split and doubled",
        &MODELS,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            // Text before it, so that the echo proves where the packets end.
            let stream = b"quit\r\nquit\r\n";
            for cut in 0..stream.len() {
                let (left, right) = stream.split_at(cut);
                let client = connect(addr);
                exchange(&client, &[b"hi\n", left].concat(), b"hi\n");
                // Behind a whole command nobody listens any more.
                let _ = (&client).write_all(right);
                if cut < 6 {
                    assert_eq!(rest(&client), b"", "cut {cut}");
                }
            }
            round.note();
            // A command twice over without an end of line between is none.
            for text in ["quitquit\n", "stopstop\n", "sstop\n", "stop stop\n"] {
                let client = connect(addr);
                exchange(&client, text.as_bytes(), text.as_bytes());
            }
            for cut in 1..6 {
                let client = connect(addr);
                let (left, right) = b"stop\nstop\n".split_at(cut);
                exchange(&client, &[b"hi\n", left].concat(), b"hi\n");
                let _ = (&client).write_all(right);
                ended(round);
                round.notebook.serve();
            }
        },
    );
}

#[test]
fn command_of_a_client_that_leaves_at_once_is_obeyed() {
    attack("stop and gone", &MODELS, Limits::default(), |round| {
        for time in 0..20 {
            let client = connect(round.notebook.addr());
            (&client).write_all(b"hi\nstop\n").expect("send");
            // One closes with its echo unread, the other breaks off.
            match time % 2 {
                0 => drop(client),
                _ => reset(client),
            }
            ended(round);
            assert_eq!(round.notebook.count("команда stop"), 1);
            round.notebook.serve();
        }
    });
}

#[track_caller]
fn ended(round: &mut Round) {
    let ended = round.notebook.join(WATCHDOG / 2);
    assert!(
        ended,
        "{}: {}",
        round.notebook.model(),
        round.notebook.log()
    );
}
