//! Asks the kernel about one socket: `sock_diag(7)`.
//!
//! `/proc/net/tcp` has the length of an accept queue, but not its limit, and
//! must be read as a whole, with thousands of connections of others. `ss` asks
//! over netlink, by sending a `struct inet_diag_req_v2` and reading
//! `struct inet_diag_msg`s. The structures are spelled out byte by byte here,
//! which needs no `unsafe`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType,
    recv, sendto, socket,
};

use super::AcceptQueue;

/// `SOCK_DIAG_BY_FAMILY`: the type of the request and of each answer.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST | NLM_F_DUMP`: a request for all that match.
const REQUEST_DUMP: u16 = 0x301;
/// `NLM_F_REQUEST`: a request for one that is named exactly.
const REQUEST: u16 = 1;

/// `NLMSG_DONE`: the end of the answers.
const DONE: u16 = 3;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// The state `TCP_LISTEN` as a bit of the filter.
const LISTENING: u32 = 1 << 10;
/// The length of `struct nlmsghdr`.
const HEADER: usize = 16;

/// Reads the queue of the listening socket with this address and inode.
pub(super) fn listening(
    addr: SocketAddr,
    inode: u64,
) -> io::Result<Option<AcceptQueue>> {
    let filter = Request {
        flags: REQUEST_DUMP,
        states: LISTENING,
        local: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), addr.port()),
        remote: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
        family: family(addr),
    };
    ask(&filter, |messages| search(messages, inode))
}

/// Reads how many bytes of a connection its `local` end has not read yet;
/// `None` where there is no such connection.
pub(super) fn unread(
    local: SocketAddr,
    remote: SocketAddr,
) -> io::Result<Option<u32>> {
    let exactly = Request {
        flags: REQUEST,
        states: u32::MAX,
        local,
        remote,
        family: family(local),
    };
    ask(&exactly, |message| {
        // In `struct inet_diag_msg`: idiag_dport, idiag_rqueue.
        let body = message.get(HEADER..).unwrap_or_default();
        let is_answer =
            message.get(4..6) == Some(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        // Where no connection is such, the system finds who listens there.
        let is_exact = body.get(6..8) == Some(&remote.port().to_be_bytes());
        match u32_at(body, 56) {
            Some(queue) if is_answer && is_exact => Found::Socket(queue),
            _ => Found::End,
        }
    })
}

/// Sends a request and looks at the answers until one is found.
fn ask<T>(
    request: &Request,
    mut look: impl FnMut(&[u8]) -> Found<T>,
) -> io::Result<Option<T>> {
    let netlink = socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkSockDiag,
    )?;
    let kernel = NetlinkAddr::new(0, 0);
    sendto(
        netlink.as_raw_fd(),
        &request.bytes(),
        &kernel,
        MsgFlags::empty(),
    )?;
    let mut buffer = vec![0; 32 * 1024];
    loop {
        // The answers are there when `sendto` returns: never wait for them.
        let length = match recv(
            netlink.as_raw_fd(),
            &mut buffer,
            MsgFlags::MSG_DONTWAIT,
        ) {
            Err(Errno::EAGAIN) => return Ok(None),
            length => length?,
        };
        match look(&buffer[..length]) {
            Found::Socket(found) => return Ok(Some(found)),
            Found::End => return Ok(None),
            Found::NotYet => {}
        }
    }
}

fn family(addr: SocketAddr) -> u8 {
    match addr.ip() {
        IpAddr::V4(_) => AddressFamily::Inet as u8,
        IpAddr::V6(_) => AddressFamily::Inet6 as u8,
    }
}

/// What is asked for.
struct Request {
    flags: u16,
    /// A bit for each state.
    states: u32,
    local: SocketAddr,
    remote: SocketAddr,
    family: u8,
}

impl Request {
    /// `struct nlmsghdr` and `struct inet_diag_req_v2`, 72 bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(72_u32.to_ne_bytes());
        bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        bytes.extend(self.flags.to_ne_bytes());
        bytes.extend([0; 8]); // nlmsg_seq, nlmsg_pid
        bytes.extend([self.family, TCP, 0, 0]);
        bytes.extend(self.states.to_ne_bytes());
        bytes.extend(self.local.port().to_be_bytes());
        bytes.extend(self.remote.port().to_be_bytes());
        bytes.extend(sixteen(self.local.ip()));
        bytes.extend(sixteen(self.remote.ip()));
        bytes.extend([0; 4]); // interface
        bytes.extend([0xff; 8]); // cookie: INET_DIAG_NOCOOKIE
        bytes
    }
}

/// An address in the room for the longer ones, from the left.
fn sixteen(ip: IpAddr) -> [u8; 16] {
    let mut room = [0; 16];
    match ip {
        IpAddr::V4(ip) => room[..4].copy_from_slice(&ip.octets()),
        IpAddr::V6(ip) => room.copy_from_slice(&ip.octets()),
    }
    room
}

enum Found<T> {
    Socket(T),
    NotYet,
    End,
}

/// Looks for our socket among the messages of one datagram.
fn search(mut messages: &[u8], inode: u64) -> Found<AcceptQueue> {
    while let (Some(length), Some(kind)) =
        (u32_at(messages, 0), messages.get(4..6))
    {
        let length = length as usize;
        if length < HEADER || length > messages.len() {
            return Found::End;
        }
        if kind == DONE.to_ne_bytes() {
            return Found::End;
        }
        // In `struct inet_diag_msg`: idiag_rqueue, idiag_wqueue, idiag_inode.
        // For a listening socket the queues are its length and its limit.
        let body = &messages[HEADER..length];
        if let (Some(len), Some(limit), Some(found)) =
            (u32_at(body, 56), u32_at(body, 60), u32_at(body, 68))
            && u64::from(found) == inode
        {
            return Found::Socket(AcceptQueue {
                len,
                limit: Some(limit),
            });
        }
        // Messages are aligned to four bytes.
        messages = messages
            .get(length.next_multiple_of(4)..)
            .unwrap_or_default();
    }
    Found::NotYet
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}
