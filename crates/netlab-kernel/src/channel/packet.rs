//! Messages as packets: a header of 16 bytes, then at most 64 KiB.
//!
//! Output is by far the most frequent message and goes as raw bytes; every
//! other message is JSON. A JSON message that is too long for one packet goes
//! in parts that carry the same number; parts of several threads may mix.

use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FromChild, Stream, ToChild};

/// How many bytes a packet carries after its header.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// The length of [`Header`].
const HEADER: usize = 16;

const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const JSON: u8 = 3;
const JSON_TO_BE_CONTINUED: u8 = 4;

/// What precedes the bytes of each packet: the kind, three zeros, the number
/// of the message (JSON), the cell (output).
pub(crate) type Header = [u8; HEADER];

/// A message that can come out of an [`Assembler`].
pub(crate) trait Message: Serialize + DeserializeOwned {
    /// Makes a message of raw output.
    fn output(cell: u64, stream: Stream, bytes: Vec<u8>) -> Option<Self>;
}

impl Message for FromChild {
    fn output(cell: u64, stream: Stream, bytes: Vec<u8>) -> Option<Self> {
        Some(Self::Output {
            cell,
            stream,
            bytes,
        })
    }
}

impl Message for ToChild {
    fn output(_: u64, _: Stream, _: Vec<u8>) -> Option<Self> {
        None
    }
}

/// The header of a packet with raw output.
pub(crate) fn output_header(cell: u64, stream: Stream) -> Header {
    let kind = match stream {
        Stream::Stdout => STDOUT,
        Stream::Stderr => STDERR,
    };
    header(kind, 0, cell)
}

/// The header of a packet with a whole JSON message that was written by hand.
pub(crate) fn raw_json_header() -> Header {
    header(JSON, u32::MAX, 0)
}

fn header(kind: u8, number: u32, cell: u64) -> Header {
    let mut header = [0; HEADER];
    header[0] = kind;
    header[4..8].copy_from_slice(&number.to_ne_bytes());
    header[8..].copy_from_slice(&cell.to_ne_bytes());
    header
}

/// The packets of any message but output, which [`output_header`] is for.
///
/// # Panics
///
/// When the message is [`FromChild::Output`].
pub(crate) fn packets<M: Message>(message: &M) -> Vec<Vec<u8>> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let json = serde_json::to_vec(message).expect("messages are plain data");
    let mut parts = json.chunks(MAX_BYTES).peekable();
    let mut packets = Vec::with_capacity(1);
    while let Some(part) = parts.next() {
        let kind = match parts.peek() {
            Some(_) => JSON_TO_BE_CONTINUED,
            None => JSON,
        };
        let mut packet = Vec::with_capacity(HEADER + part.len());
        packet.extend_from_slice(&header(kind, number, 0));
        packet.extend_from_slice(part);
        packets.push(packet);
    }
    packets
}

/// Makes messages out of packets, in the order in which they were completed.
#[derive(Default)]
pub(crate) struct Assembler {
    begun: HashMap<u32, Vec<u8>>,
}

impl Assembler {
    /// Takes one packet; gives the message that it completes, if any.
    ///
    /// # Errors
    ///
    /// When the packet is not one of ours.
    pub(crate) fn take<M: Message>(
        &mut self,
        packet: &[u8],
    ) -> Result<Option<M>> {
        let (header, bytes) = packet
            .split_first_chunk::<HEADER>()
            .ok_or_else(|| malformed("a packet without a header"))?;
        let [kind, _, _, _, number @ .., _, _, _, _, _, _, _, _] = *header;
        let number = u32::from_ne_bytes(number);
        let stream = match kind {
            STDOUT => Stream::Stdout,
            STDERR => Stream::Stderr,
            JSON_TO_BE_CONTINUED => {
                self.begun.entry(number).or_default().extend(bytes);
                return Ok(None);
            }
            JSON => {
                let message = match self.begun.remove(&number) {
                    None => serde_json::from_slice(bytes),
                    Some(mut begun) => {
                        begun.extend(bytes);
                        serde_json::from_slice(&begun)
                    }
                };
                return Ok(Some(message?));
            }
            _ => return Err(malformed("a packet of an unknown kind")),
        };
        let [_, _, _, _, _, _, _, _, cell @ ..] = *header;
        M::output(u64::from_ne_bytes(cell), stream, bytes.to_vec())
            .map(Some)
            .ok_or_else(|| malformed("output for the child"))
    }
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(cell: u64, stream: Stream, bytes: &[u8]) -> Vec<u8> {
        [&output_header(cell, stream), bytes].concat()
    }

    #[test]
    fn output_keeps_its_bytes_cell_and_stream() {
        let packet = output(7, Stream::Stderr, b"\xff\n");
        let message: FromChild =
            Assembler::default().take(&packet).unwrap().unwrap();
        assert_eq!(
            message,
            FromChild::Output {
                cell: 7,
                stream: Stream::Stderr,
                bytes: b"\xff\n".to_vec()
            }
        );
    }

    #[test]
    fn long_messages_of_two_threads_may_mix() {
        let rich = |letter: &str| FromChild::Rich {
            cell: 1,
            mime: "text/html".into(),
            content: letter.repeat(3 * MAX_BYTES),
            follows: false,
        };
        let (a, b) = (packets(&rich("a")), packets(&rich("b")));
        assert_eq!(a.len(), 4);
        assert!(a.iter().all(|packet| packet.len() <= HEADER + MAX_BYTES));

        let mut assembler = Assembler::default();
        let mut done: Vec<FromChild> = Vec::new();
        for (a, b) in a.iter().zip(&b) {
            done.extend(assembler.take(a).unwrap());
            done.extend(assembler.take(b).unwrap());
        }
        assert_eq!(done, [rich("a"), rich("b")]);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let mut assembler = Assembler::default();
        assert!(assembler.take::<FromChild>(b"short").is_err());
        assert!(assembler.take::<FromChild>(&[9; 20]).is_err());
        let output = output(1, Stream::Stdout, b"x");
        assert!(assembler.take::<ToChild>(&output).is_err());
    }
}
