//! What the processes of a server tell the notebook, one record at a time.
//!
//! A record has a fixed size below `PIPE_BUF` (4096 bytes), so [`pipe(7)`]
//! promises that each `write` of it is atomic: any number of processes share
//! one pipe, and no record is torn by another. Nothing here allocates.
//!
//! [`pipe(7)`]: https://man7.org/linux/man-pages/man7/pipe.7.html

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use nix::unistd::Pid;

use crate::server::Command;

/// Bytes of a record.
pub(super) const SIZE: usize = TEXT + HEAD;

/// Bytes of a packet that are told. The log shows 60 characters, and none of
/// them has more than four bytes.
pub(super) const HEAD: usize = 252;

/// What a process of the server has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record<'a> {
    /// A child has begun to serve a client.
    Connected { peer: SocketAddr },
    /// It has read a packet. Of a long one only the head is told, and the last
    /// three bytes, which may be the beginning of a character.
    Received {
        bytes: usize,
        head: &'a [u8],
        tail: &'a [u8],
    },
    /// It has written an answer.
    Sent { bytes: usize },
    /// It has found a command.
    Command(Command),
    /// It is done with its client.
    Closed(Ending),
    /// A client was turned away.
    Refused { peer: SocketAddr },
    /// `accept` has failed.
    AcceptFailed { errno: i32 },
    /// `fork` has failed.
    NoProcess { errno: i32 },
    /// A child has ended and was reaped.
    Reaped { status: i32 },
}

/// Why a child is done with its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Quit,
    Stop,
    EndOfStream,
    ReadTimeout,
    WriteTimeout,
    Failed { errno: i32 },
}

/// A record as bytes: kind, code, length of the head, length of the tail; who;
/// a number; an address; the tail and the head.
pub(super) type Bytes = [u8; SIZE];

const PID: usize = 4;
const NUMBER: usize = 8;
const IP: usize = 16;
const PORT: usize = 32;
const TAIL: usize = 36;
const TEXT: usize = 40;

impl Record<'_> {
    /// Writes a record of process `pid` as bytes.
    pub(super) fn encode(&self, pid: Pid) -> Bytes {
        let mut bytes = [0; SIZE];
        put(&mut bytes, PID, &pid.as_raw().to_ne_bytes());
        let (kind, code, number) = match *self {
            Self::Connected { peer } => {
                put_address(&mut bytes, peer);
                (0, 0, 0)
            }
            Self::Received {
                bytes: count,
                head,
                tail,
            } => {
                bytes[2] = put(&mut bytes, TEXT, head);
                bytes[3] = put(&mut bytes, TAIL, tail);
                (1, 0, count as u64)
            }
            Self::Sent { bytes } => (2, 0, bytes as u64),
            Self::Command(Command::Quit) => (3, 0, 0),
            Self::Command(Command::Stop) => (3, 1, 0),
            Self::Closed(ending) => {
                let (code, errno) = ending.code();
                (4, code, number_of(errno))
            }
            Self::Refused { peer } => {
                put_address(&mut bytes, peer);
                (5, 0, 0)
            }
            Self::AcceptFailed { errno } => (6, 0, number_of(errno)),
            Self::NoProcess { errno } => (7, 0, number_of(errno)),
            Self::Reaped { status } => (8, 0, number_of(status)),
        };
        (bytes[0], bytes[1]) = (kind, code);
        put(&mut bytes, NUMBER, &number.to_ne_bytes());
        bytes
    }
}

/// Reads a record and the process that wrote it; `None` if it is none.
pub(super) fn decode(bytes: &Bytes) -> Option<(Pid, Record<'_>)> {
    let pid = Pid::from_raw(i32::from_ne_bytes(take(bytes, PID)?));
    let number = u64::from_ne_bytes(take(bytes, NUMBER)?);
    let small = number as i32;
    let record = match (bytes[0], bytes[1]) {
        (0, _) => Record::Connected {
            peer: address(bytes)?,
        },
        (1, _) => Record::Received {
            bytes: usize::try_from(number).ok()?,
            head: bytes.get(TEXT..TEXT + usize::from(bytes[2]))?,
            tail: bytes.get(TAIL..TAIL + usize::from(bytes[3]))?,
        },
        (2, _) => Record::Sent {
            bytes: usize::try_from(number).ok()?,
        },
        (3, 0) => Record::Command(Command::Quit),
        (3, _) => Record::Command(Command::Stop),
        (4, code) => Record::Closed(Ending::from_code(code, small)?),
        (5, _) => Record::Refused {
            peer: address(bytes)?,
        },
        (6, _) => Record::AcceptFailed { errno: small },
        (7, _) => Record::NoProcess { errno: small },
        (8, _) => Record::Reaped { status: small },
        _ => return None,
    };
    Some((pid, record))
}

impl Ending {
    fn code(self) -> (u8, i32) {
        match self {
            Self::Quit => (0, 0),
            Self::Stop => (1, 0),
            Self::EndOfStream => (2, 0),
            Self::ReadTimeout => (3, 0),
            Self::WriteTimeout => (4, 0),
            Self::Failed { errno } => (5, errno),
        }
    }

    fn from_code(code: u8, errno: i32) -> Option<Self> {
        Some(match code {
            0 => Self::Quit,
            1 => Self::Stop,
            2 => Self::EndOfStream,
            3 => Self::ReadTimeout,
            4 => Self::WriteTimeout,
            5 => Self::Failed { errno },
            _ => return None,
        })
    }
}

/// Copies as much of `part` as there is room for; returns how much that was.
fn put(bytes: &mut Bytes, at: usize, part: &[u8]) -> u8 {
    let mut count = 0;
    for (to, from) in bytes.iter_mut().skip(at).zip(part) {
        *to = *from;
        count += 1;
    }
    count
}

fn take<const N: usize>(bytes: &Bytes, at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn number_of(value: i32) -> u64 {
    // Back again by `as`: the low half is the number.
    u64::from(value.cast_unsigned())
}

fn put_address(bytes: &mut Bytes, addr: SocketAddr) {
    let ip = match addr.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    put(bytes, IP, &ip.octets());
    put(bytes, PORT, &addr.port().to_ne_bytes());
}

fn address(bytes: &Bytes) -> Option<SocketAddr> {
    let ip = Ipv6Addr::from(take::<16>(bytes, IP)?);
    let port = u16::from_ne_bytes(take(bytes, PORT)?);
    Some(SocketAddr::new(IpAddr::V6(ip).to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_survives_the_pipe() {
        let peer = SocketAddr::from(([127, 0, 0, 1], 55_000));
        let long = [b'x'; HEAD];
        let records = [
            Record::Connected { peer },
            Record::Connected {
                peer: "[::1]:5".parse().expect("address"),
            },
            Record::Received {
                bytes: 5,
                head: b"ping\n",
                tail: b"",
            },
            Record::Received {
                bytes: 4096,
                head: &long,
                tail: b"abc",
            },
            Record::Sent { bytes: usize::MAX },
            Record::Command(Command::Quit),
            Record::Command(Command::Stop),
            Record::Closed(Ending::Quit),
            Record::Closed(Ending::Stop),
            Record::Closed(Ending::EndOfStream),
            Record::Closed(Ending::ReadTimeout),
            Record::Closed(Ending::WriteTimeout),
            Record::Closed(Ending::Failed { errno: 104 }),
            Record::Refused { peer },
            Record::AcceptFailed { errno: 24 },
            Record::NoProcess { errno: 11 },
            Record::Reaped { status: -1 },
        ];
        for record in records {
            let bytes = record.encode(Pid::from_raw(4711));
            let decoded = decode(&bytes);
            assert_eq!(decoded, Some((Pid::from_raw(4711), record)));
        }
    }

    #[test]
    fn bytes_that_are_no_record_are_refused() {
        assert_eq!(decode(&[0xff; SIZE]), None);
    }
}
