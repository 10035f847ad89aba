//! Work that takes long enough to be disturbed.

use std::io;

use netlab::ipc::{MECHANISMS, Measured, Mechanism};

/// The mechanisms whose other side is a process.
pub(crate) fn with_processes() -> impl Iterator<Item = Mechanism> {
    let threads = ["message passing", "mailbox"];
    MECHANISMS
        .into_iter()
        .filter(move |mechanism| !threads.contains(&mechanism.term))
}

/// The longest work that the mechanism takes on.
pub(crate) fn long_work(mechanism: Mechanism) -> io::Result<Measured> {
    match mechanism.term {
        // A round takes a tenth of a microsecond.
        "shared memory" | "memory-mapped file" => mechanism.stream(1 << 30),
        _ => mechanism.ping_pong(100_000),
    }
}
