//! Who has the address that a cell could not bind a socket to: what `/proc`
//! tells of it, and which cell it was, if it is a socket of this process.

use std::collections::HashSet;
use std::ffi::c_int;
use std::net::IpAddr;

use procfs::net::{TcpState, tcp, tcp6, udp, udp6, unix};
use procfs::process::{FDTarget, Process, all_processes};
use socket2::SockAddr;

use super::{bind, failed_call};
use crate::channel::{AddressName, Owner, TakenAddress};

/// The address that an error is about which says this of itself: in use, and
/// refused to this cell before.
pub(super) fn address(text: &str) -> Option<TakenAddress> {
    if !text.contains("AddrInUse")
        && !failed_call::names(text, libc::EADDRINUSE)
    {
        return None;
    }
    let refused = bind::refused()?;
    let (name, inodes) = inodes(&refused.address, refused.kind)?;
    let owner = owner(&inodes, refused.reuses);
    Some(TakenAddress { name, owner })
}

/// The sockets that stand in the way of this address.
fn inodes(
    address: &SockAddr,
    kind: c_int,
) -> Option<(AddressName, HashSet<u64>)> {
    if let Some(path) = address.as_pathname() {
        let there = unix().unwrap_or_default().into_iter();
        let inodes = there
            .filter(|entry| entry.path.as_deref() == Some(path))
            .map(|entry| entry.inode)
            .collect();
        let path = path.display().to_string();
        return Some((AddressName::Path(path), inodes));
    }
    let wanted = address.as_socket()?;
    let meets = |ip: IpAddr, port: u16| {
        let (ip, wanted_ip) = (ip.to_canonical(), wanted.ip().to_canonical());
        port == wanted.port()
            && (ip == wanted_ip
                || ip.is_unspecified()
                || wanted_ip.is_unspecified())
    };
    let inodes = if kind == libc::SOCK_DGRAM {
        let mut there = udp().unwrap_or_default();
        there.extend(udp6().unwrap_or_default());
        let there = there.iter().map(|e| (e.local_address, e.inode));
        there
            .filter(|(local, _)| meets(local.ip(), local.port()))
            .map(|(_, inode)| inode)
            .collect()
    } else {
        let mut there = tcp().unwrap_or_default();
        there.extend(tcp6().unwrap_or_default());
        // One that listens is in the way of all; who owns a connection says
        // something only if there is no such one.
        there.retain(|e| meets(e.local_address.ip(), e.local_address.port()));
        let listens =
            |e: &&procfs::net::TcpNetEntry| e.state == TcpState::Listen;
        let is_any = there.iter().any(|entry| listens(&entry));
        let there = there.iter().filter(|entry| !is_any || listens(entry));
        there.map(|entry| entry.inode).collect()
    };
    Some((AddressName::Port(wanted.port()), inodes))
}

/// This process if it has one of the sockets: a process that it forked may
/// share it, and only here the reader can do something about it.
fn owner(inodes: &HashSet<u64>, reuses: bool) -> Owner {
    // A connection that is only being closed belongs to no process.
    match inodes.iter().filter(|inode| **inode != 0).count() {
        0 if inodes.is_empty() => return Owner::Unknown,
        0 => return Owner::Closing { reuses },
        _ => {}
    }
    let own = Process::myself().ok().and_then(|own| one_of(&own, inodes));
    if let Some(inode) = own {
        let cell = bind::cell_of(inode);
        return Owner::Own { inode, cell };
    }
    let others = all_processes().into_iter().flatten();
    others
        .filter_map(Result::ok)
        .find(|process| one_of(process, inodes).is_some())
        .map_or(Owner::Unknown, |process| Owner::Process {
            pid: process.pid(),
        })
}

fn one_of(process: &Process, inodes: &HashSet<u64>) -> Option<u64> {
    let descriptors = process.fd().ok()?;
    descriptors.filter_map(Result::ok).find_map(|descriptor| {
        match descriptor.target {
            FDTarget::Socket(inode) if inodes.contains(&inode) => Some(inode),
            _ => None,
        }
    })
}
