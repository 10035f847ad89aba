//! Who is whose child.

mod picture;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use nix::unistd::{Pid, getpid};
use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process, Stat, all_processes};

use crate::sockets;

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessInfo {
    /// The process id.
    pub pid: Pid,
    /// The process id of its parent.
    pub parent: Pid,
    /// Its name, 15 bytes at most, as in `/proc/PID/comm`.
    pub command: String,
    /// What it is, if this crate has made it.
    pub role: Option<&'static str>,
    /// What it does, in a word.
    pub state: &'static str,
    /// It has ended, and its parent has not asked how.
    pub zombie: bool,
    /// The addresses on which it listens.
    pub listening: Vec<SocketAddr>,
    /// The other ends of its connections.
    pub connections: Vec<SocketAddr>,
}

/// A process and its descendants at one moment.
///
/// In a notebook it is a picture; as text it is a tree of one line each.
///
/// # Examples
///
/// ```
/// let tree = netlab::process::tree()?;
/// println!("{tree}");
/// assert_eq!(tree.zombies(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProcessTree {
    /// The processes, each one after its parent.
    pub processes: Vec<ProcessInfo>,
}

/// Reads the tree of this process and its descendants from [`/proc`].
///
/// [`/proc`]: https://man7.org/linux/man-pages/man5/proc.5.html
///
/// # Errors
///
/// Fails if `/proc` cannot be read.
///
/// # Examples
///
/// ```
/// use netlab::process;
/// use std::time::Duration;
///
/// let child = process::in_child(Duration::from_secs(60), || loop {
///     std::thread::park();
/// })?;
/// let tree = process::tree()?;
/// assert!(tree.processes.iter().any(|row| row.pid == child.pid()));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn tree() -> io::Result<ProcessTree> {
    ProcessTree::of(getpid())
}

impl ProcessTree {
    /// Reads the tree of a process and its descendants; it is empty if there is
    /// no such process.
    ///
    /// # Errors
    ///
    /// Fails if `/proc` cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::nix::unistd::getpid;
    /// use netlab::process::ProcessTree;
    ///
    /// assert!(!ProcessTree::of(getpid())?.is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn of(pid: Pid) -> io::Result<Self> {
        let stats = stats()?;
        let root = stats.get(&pid.as_raw()).into_iter();
        Self::read(&stats, root.collect())
    }

    /// Reads the processes of a group; none if there is no group.
    pub(crate) fn of_group(group: Option<Pid>) -> io::Result<Self> {
        let Some(group) = group else {
            let processes = Vec::new();
            return Ok(Self { processes });
        };
        let mut stats = stats()?;
        stats.retain(|_, stat| stat.pgrp == group.as_raw());
        // Whoever has lost its parent is a root as well.
        let is_root = |stat: &&Stat| !stats.contains_key(&stat.ppid);
        Self::read(&stats, stats.values().filter(is_root).collect())
    }

    fn read(
        stats: &BTreeMap<i32, Stat>,
        roots: Vec<&Stat>,
    ) -> io::Result<Self> {
        let entries = sockets::tcp_entries()?;
        let mut processes = Vec::new();
        // Children are visited before the next sibling: depth first.
        let mut waiting = roots;
        waiting.reverse();
        while let Some(stat) = waiting.pop() {
            processes.push(ProcessInfo::read(stat, &entries));
            let children = stats.values().filter(|s| s.ppid == stat.pid);
            waiting.extend(children.rev());
        }
        Ok(Self { processes })
    }

    /// Returns how many of the processes are zombies.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::process::tree()?.zombies(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn zombies(&self) -> usize {
        self.processes.iter().filter(|row| row.zombie).count()
    }

    /// Returns how many processes there are.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::process::tree()?.len() >= 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.processes.len()
    }

    /// Tells whether there is no process at all: they have ended.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!netlab::process::tree()?.is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// The row of the parent of a row, if it is in the tree.
    fn parent_of(&self, row: usize) -> Option<usize> {
        let parent = self.processes[row].parent;
        self.processes.iter().position(|other| other.pid == parent)
    }

    /// How many ancestors of a row are in the tree.
    fn depth(&self, row: usize) -> usize {
        let mut depth = 0;
        let mut row = row;
        while let Some(parent) = self.parent_of(row) {
            depth += 1;
            row = parent;
        }
        depth
    }
}

/// What `/proc/PID/stat` says of every process of this machine.
fn stats() -> io::Result<BTreeMap<i32, Stat>> {
    let processes = all_processes().map_err(io::Error::other)?;
    // Processes come and go while the list is read.
    let stat = |process: Process| process.stat().ok();
    let stats = processes.filter_map(Result::ok).filter_map(stat);
    Ok(stats.map(|stat| (stat.pid, stat)).collect())
}

impl ProcessInfo {
    fn read(stat: &Stat, entries: &[TcpNetEntry]) -> Self {
        let pid = Pid::from_raw(stat.pid);
        let own = sockets_of(stat.pid, entries);
        let listens = |entry: &&&TcpNetEntry| entry.state == TcpState::Listen;
        let listening = own.iter().filter(listens);
        let connected = own.iter().filter(|entry| !listens(entry));
        Self {
            pid,
            parent: Pid::from_raw(stat.ppid),
            command: stat.comm.clone(),
            role: role(pid, &stat.comm, stat.state == 'Z'),
            state: state(stat.state),
            zombie: stat.state == 'Z',
            listening: listening.map(|entry| entry.local_address).collect(),
            connections: connected.map(|entry| entry.remote_address).collect(),
        }
    }
}

/// The TCP sockets that a process has open; none of a zombie.
fn sockets_of(pid: i32, entries: &[TcpNetEntry]) -> Vec<&TcpNetEntry> {
    let Ok(descriptors) = Process::new(pid).and_then(|process| process.fd())
    else {
        return Vec::new();
    };
    let entry = |target: FDTarget| match target {
        FDTarget::Socket(inode) => {
            entries.iter().find(|entry| entry.inode == inode)
        }
        _ => None,
    };
    let targets = descriptors.filter_map(Result::ok).map(|fd| fd.target);
    targets.filter_map(entry).collect()
}

/// The names that this crate gives to the processes that it makes.
fn role(pid: Pid, command: &str, ended: bool) -> Option<&'static str> {
    match command {
        _ if pid == getpid() => Some("этот процесс"),
        "netlab-server" => Some("сервер"),
        "netlab-client" if ended => Some("обслуживал клиента"),
        "netlab-client" => Some("обслуживает клиента"),
        "netlab-child" => Some("потомок"),
        _ => None,
    }
}

fn state(letter: char) -> &'static str {
    match letter {
        'R' => "работает",
        'S' => "ждёт",
        'D' => "ждёт диска",
        'T' => "остановлен",
        't' => "под отладчиком",
        'Z' => "зомби",
        'I' => "простаивает",
        _ => "исчезает",
    }
}
