//! Sends messages and output to the front end.

// `sendmsg(2)` on a descriptor that several threads share.
#![allow(unsafe_code)]

mod pending;

use std::ffi::c_void;
use std::sync::atomic::{AtomicI32, Ordering};

use super::{end, real, state};
use crate::channel::{FromChild, MAX_BYTES, Stream, output_header, packets};

pub(super) use pending::{flush, flush_in_handler, output, start};

/// The descriptor of the channel, or -1 before it is connected.
static CHANNEL: AtomicI32 = AtomicI32::new(-1);

pub(super) fn connected(descriptor: i32) {
    CHANNEL.store(descriptor, Ordering::SeqCst);
}

pub(super) fn channel() -> i32 {
    CHANNEL.load(Ordering::SeqCst)
}

/// Forgets the channel, in a process that was forked off.
pub(super) fn disconnected() {
    CHANNEL.store(-1, Ordering::SeqCst);
}

/// Sends any message but output, after all output that came before it.
pub(super) fn message(message: &FromChild) {
    pending::ahead_of(|| {
        for whole in packets(message) {
            packet(&whole, &[]);
        }
    });
}

/// Sends output of the calling thread, in as many packets as it needs.
fn send_output(cell: u64, stream: Stream, bytes: &[u8]) {
    let header = output_header(cell, stream);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(whole_characters(rest));
        packet(&header, part);
        rest = after;
    }
}

/// Sends output past whatever waits: a signal handler prints while its thread
/// is in the middle of printing.
pub(super) fn output_in_handler(stream: Stream, bytes: &[u8]) {
    send_output(state::output_cell(), stream, bytes);
}

/// How much of `bytes` fits into one packet without cutting a character.
fn whole_characters(bytes: &[u8]) -> usize {
    if bytes.len() <= MAX_BYTES {
        return bytes.len();
    }
    let continues = |at: &usize| bytes[*at] & 0b1100_0000 == 0b1000_0000;
    (MAX_BYTES - 3..=MAX_BYTES)
        .rev()
        .find(|at| !continues(at))
        .unwrap_or(MAX_BYTES)
}

/// Sends one packet; waits while the front end is behind. Async-signal-safe.
pub(super) fn packet(header: &[u8], bytes: &[u8]) {
    let channel = channel();
    if channel < 0 {
        return;
    }
    let part = |bytes: &[u8]| libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast::<c_void>(),
        iov_len: bytes.len(),
    };
    let mut parts = [part(header), part(bytes)];
    // SAFETY: all zeros is a valid `msghdr`: no address, no parts.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len() as _;
    loop {
        // SAFETY: the message points to `parts`, they point to slices, and
        // all of them live until the call returns.
        let sent =
            unsafe { real::sendmsg(channel, &message, libc::MSG_NOSIGNAL) };
        if sent >= 0 {
            return;
        }
        match real::errno() {
            libc::EINTR => {}
            libc::ENOBUFS | libc::ENOMEM => std::thread::yield_now(),
            // The front end is gone; nobody is left to run cells for.
            _ => end::with_all_children(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_is_cut_between_characters() {
        let text = format!("x{}", "я".repeat(MAX_BYTES));
        let cut = whole_characters(text.as_bytes());
        assert!(text.is_char_boundary(cut));
        assert!((MAX_BYTES - 3..=MAX_BYTES).contains(&cut));
    }

    #[test]
    fn bytes_that_are_no_text_are_cut_where_the_packet_ends() {
        assert_eq!(whole_characters(&vec![0x80; MAX_BYTES + 1]), MAX_BYTES);
        assert_eq!(whole_characters(b"\x80\x80"), 2);
    }
}
