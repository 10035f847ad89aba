//! Output that goes past the interposed calls: of programs that a cell starts,
//! of forked processes, of C code. It comes through the pipes on 1 and 2.

// `poll(2)` and `read(2)` on hidden descriptors.
#![allow(unsafe_code)]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::descriptors::Descriptors;
use super::splitter::Splitter;
use super::{output, real, report, state};
use crate::channel::Stream;

/// As much as a pipe of ours holds.
const BUFFER: usize = 1 << 20;

static RELAY: Mutex<Relay> = Mutex::new(Relay {
    stdout: None,
    buffer: Vec::new(),
});

struct Relay {
    /// The stream of descriptor 1.
    stdout: Option<Splitter>,
    /// Made once; a page of it costs memory only when it is used.
    buffer: Vec<u8>,
}

/// Reads the pipes in a thread of its own, until the child ends.
pub(super) fn start(own: &'static Descriptors) -> std::io::Result<()> {
    thread::Builder::new()
        .name("kernel-relay".into())
        .spawn(move || {
            let mut ready = own.relayed.map(|fd| libc::pollfd {
                fd,
                events: libc::POLLIN,
                revents: 0,
            });
            loop {
                // SAFETY: two entries, which outlive the call.
                unsafe { real::poll(ready.as_mut_ptr(), 2, -1) };
                drain(own);
            }
        })
        .map(drop)
}

/// Passes on what is in the pipes now.
pub(super) fn drain(own: &Descriptors) {
    let relay = &mut *lock();
    if relay.buffer.is_empty() {
        relay.buffer = vec![0; BUFFER];
    }
    let [stdout, stderr] = own.relayed;
    if let Some(bytes) = read(stdout, &mut relay.buffer) {
        if state::active() {
            relay
                .stdout
                .get_or_insert_default()
                .feed(bytes, &mut output::own_piece);
        } else {
            // The interposed calls are off: this is the cell's own thread too.
            output::main_stdout(bytes);
        }
    }
    if let Some(bytes) = read(stderr, &mut relay.buffer) {
        report::output(Stream::Stderr, bytes);
    }
}

/// Passes on what is in the pipes and what was held back of it.
pub(super) fn finish(own: &Descriptors) {
    drain(own);
    if let Some(splitter) = &mut lock().stdout {
        splitter.finish(&mut output::own_piece);
    }
}

/// One read: a program that prints for ever must not keep the caller here.
fn read(descriptor: i32, buffer: &mut [u8]) -> Option<&[u8]> {
    // SAFETY: the buffer outlives the call and has that many bytes.
    let length = unsafe {
        real::read(descriptor, buffer.as_mut_ptr().cast(), buffer.len())
    };
    usize::try_from(length)
        .ok()
        .filter(|length| *length > 0)
        .map(|length| &buffer[..length])
}

fn lock() -> MutexGuard<'static, Relay> {
    RELAY.lock().unwrap_or_else(PoisonError::into_inner)
}
