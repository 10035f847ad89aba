//! What goes there and comes back.

use std::io::ErrorKind;
use std::time::Duration;

use netlab::ipc::{self, MECHANISMS};

use crate::turn;

/// The two that carry an event and nothing else.
const WITHOUT_BYTES: [&str; 2] = ["signal", "semaphore"];

#[test]
fn every_mechanism_plays_ping_pong() {
    let _turn = turn();
    for mechanism in MECHANISMS {
        for rounds in [1, 2, 50] {
            let measured = mechanism.ping_pong(rounds).expect(mechanism.name);
            assert_eq!(measured.mechanism, mechanism.name);
            assert_eq!(measured.rounds, rounds, "{measured}");
            assert_eq!(measured.bytes, 0, "{measured}");
            assert!(measured.round_trip > Duration::ZERO, "{measured}");
            assert!(measured.round_trip <= measured.elapsed, "{measured}");
        }
    }
}

#[test]
fn every_byte_arrives() {
    let _turn = turn();
    // One byte, pieces that fill nothing up, and more than any buffer holds.
    let sizes = [1, 4095, 4097, 65_535, 65_536, 65_537, 3_000_001];
    for mechanism in MECHANISMS {
        if WITHOUT_BYTES.contains(&mechanism.term) {
            continue;
        }
        for bytes in sizes {
            let measured = mechanism.stream(bytes).expect(mechanism.name);
            assert_eq!(measured.bytes, bytes, "{measured}");
            assert!(measured.rate().is_some(), "{measured}");
        }
    }
}

#[test]
fn mechanism_without_bytes_says_so() {
    for mechanism in MECHANISMS {
        if WITHOUT_BYTES.contains(&mechanism.term) {
            let error = mechanism.stream(1).expect_err("no bytes");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            let text = error.to_string();
            assert!(text.contains("не переносит"), "{text}");
        }
    }
    assert!(ipc::signal::stream(1).is_err());
    assert!(ipc::semaphore::stream(1).is_err());
}

#[test]
fn figures_out_of_range_are_refused_with_the_range() {
    let _turn = turn();
    for mechanism in MECHANISMS {
        for rounds in [0, 100_001, u32::MAX] {
            let error = mechanism.ping_pong(rounds).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains("от 1 до 100000"), "{error}");
        }
        if WITHOUT_BYTES.contains(&mechanism.term) {
            continue;
        }
        for bytes in [0, (1 << 30) + 1, usize::MAX] {
            let error = mechanism.stream(bytes).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains("1 ГиБ"), "{error}");
        }
    }
}

#[test]
fn module_and_table_are_the_same_mechanism() {
    let _turn = turn();
    let functions: [fn(u32) -> std::io::Result<ipc::Measured>; 12] = [
        ipc::file::ping_pong,
        ipc::signal::ping_pong,
        ipc::tcp::ping_pong,
        ipc::unix::ping_pong,
        ipc::fifo::ping_pong,
        ipc::pipe::ping_pong,
        ipc::semaphore::ping_pong,
        ipc::shared_memory::ping_pong,
        ipc::messages::ping_pong,
        ipc::mmap::ping_pong,
        ipc::queue::ping_pong,
        ipc::mailbox::ping_pong,
    ];
    for (mechanism, ping_pong) in MECHANISMS.iter().zip(functions) {
        let measured = ping_pong(1).expect(mechanism.name);
        assert_eq!(measured.mechanism, mechanism.name);
    }
}
