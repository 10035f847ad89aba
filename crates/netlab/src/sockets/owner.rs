//! Finds out who listens on a port.

use std::collections::HashSet;

use procfs::net::TcpState;
use procfs::process::{FDTarget, Process, all_processes};

use super::tcp_entries;

/// How many characters of a command line are shown.
const COMMAND: usize = 60;

/// A process that owns a listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The process id.
    pub pid: u32,
    /// Its command line, at most 60 characters.
    pub command: String,
}

/// Finds the process that listens on a TCP port of this machine.
///
/// Looks the inode of the listening socket up in `/proc/net/tcp` and then for a
/// process that has it open in `/proc/PID/fd`. `None` means that nobody listens
/// or that `/proc` does not tell: the descriptors of other users are hidden.
///
/// # Examples
///
/// ```
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let owner = netlab::sockets::owner_of(listener.local_addr()?.port()).unwrap();
/// assert_eq!(owner.pid, std::process::id());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn owner_of(port: u16) -> Option<Owner> {
    let listening = tcp_entries().ok()?;
    let inodes: HashSet<u64> = listening
        .iter()
        .filter(|entry| {
            entry.state == TcpState::Listen
                && entry.local_address.port() == port
        })
        .map(|entry| entry.inode)
        .collect();
    if inodes.is_empty() {
        return None;
    }
    // This process first: a child that was started meanwhile may share the
    // socket with it, and the useful answer is the one the reader can act on.
    let others = all_processes().ok()?.filter_map(Result::ok);
    let mut processes = Process::myself().into_iter().chain(others);
    let process = processes.find(|process| has_one_of(process, &inodes))?;
    let pid = u32::try_from(process.pid()).ok()?;
    Some(Owner {
        pid,
        command: command(&process),
    })
}

fn has_one_of(process: &Process, inodes: &HashSet<u64>) -> bool {
    let Ok(descriptors) = process.fd() else {
        return false;
    };
    descriptors.filter_map(Result::ok).any(|descriptor| {
        match descriptor.target {
            FDTarget::Socket(inode) => inodes.contains(&inode),
            _ => false,
        }
    })
}

fn command(process: &Process) -> String {
    let line = process.cmdline().unwrap_or_default().join(" ");
    let line = match line.trim() {
        "" => process.stat().map(|stat| stat.comm).unwrap_or_default(),
        line => line.to_owned(),
    };
    match line.char_indices().nth(COMMAND) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
