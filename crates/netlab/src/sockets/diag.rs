//! Asks the kernel about a listening socket: `sock_diag(7)`.
//!
//! `/proc/net/tcp` has the length of an accept queue, but not its limit. `ss`
//! gets both over netlink, by sending a `struct inet_diag_req_v2` and reading
//! `struct inet_diag_msg`s. The structures are spelled out byte by byte here,
//! which needs no `unsafe`.

use std::io;
use std::net::{IpAddr, SocketAddr};
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
    let netlink = socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkSockDiag,
    )?;
    let kernel = NetlinkAddr::new(0, 0);
    sendto(
        netlink.as_raw_fd(),
        &request(addr),
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
        match search(&buffer[..length], inode) {
            Found::Queue(queue) => return Ok(Some(queue)),
            Found::End => return Ok(None),
            Found::NotYet => {}
        }
    }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`, 72 bytes.
fn request(addr: SocketAddr) -> Vec<u8> {
    let family = match addr.ip() {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    } as u8;
    let mut bytes = Vec::new();
    bytes.extend(72_u32.to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST_DUMP.to_ne_bytes());
    bytes.extend([0; 8]); // nlmsg_seq, nlmsg_pid
    bytes.extend([family, TCP, 0, 0]);
    bytes.extend(LISTENING.to_ne_bytes());
    bytes.extend(addr.port().to_be_bytes());
    bytes.extend([0; 2 + 16 + 16 + 4]); // destination port, both addresses, interface
    bytes.extend([0xff; 8]); // cookie: INET_DIAG_NOCOOKIE
    bytes
}

enum Found {
    Queue(AcceptQueue),
    NotYet,
    End,
}

/// Looks for our socket among the messages of one datagram.
fn search(mut messages: &[u8], inode: u64) -> Found {
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
            return Found::Queue(AcceptQueue {
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
