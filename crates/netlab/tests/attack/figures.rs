//! What a process and all processes below it take from the machine.

use std::collections::HashSet;
use std::fmt;
use std::fs;

use netlab::nix::unistd::Pid;
use procfs::process::{Process, all_processes};

/// What a family of processes takes, as `/proc` tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Zombies are among them.
    pub(crate) processes: usize,
    pub(crate) threads: u64,
    pub(crate) descriptors: usize,
    /// KiB that are in no file: heaps and stacks. Code is not counted, it
    /// comes into memory when it is used for the first time.
    pub(crate) memory: u64,
}

impl Figures {
    /// Reads the figures of a process and of all processes below it.
    pub(crate) fn of(root: Pid) -> Self {
        let mut sum = Self::default();
        for process in family(root) {
            sum.processes += 1;
            // A zombie has neither memory nor descriptors, and whoever ends
            // meanwhile has nothing at all.
            if let Ok(status) = process.status() {
                sum.threads += status.threads;
                sum.memory += status.rssanon.unwrap_or(0);
            }
            sum.descriptors += descriptors(process.pid);
        }
        sum
    }

    /// The higher of each figure.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            processes: self.processes.max(other.processes),
            threads: self.threads.max(other.threads),
            descriptors: self.descriptors.max(other.descriptors),
            memory: self.memory.max(other.memory),
        }
    }

    /// Tells whether these figures are those of `before` again, but for `more`
    /// KiB of memory.
    pub(crate) fn are_back(self, before: Self, more: u64) -> bool {
        self.processes == before.processes
            && self.threads == before.threads
            && self.descriptors == before.descriptors
            && self.memory <= before.memory + more
    }
}

/// Counts those that are open. The size of the directory would count those as
/// well that a blocked `accept` has reserved.
fn descriptors(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// A process and all processes below it.
pub(crate) fn family(root: Pid) -> Vec<Process> {
    let mut others: Vec<(i32, Process)> = all_processes()
        .expect("read /proc")
        .flatten()
        .filter_map(|process| Some((process.stat().ok()?.ppid, process)))
        .collect();
    let is_root = |other: &mut (i32, Process)| other.1.pid == root.as_raw();
    let mut family: Vec<Process> = others
        .extract_if(.., is_root)
        .map(|(_, process)| process)
        .collect();
    let mut known: HashSet<i32> = HashSet::from([root.as_raw()]);
    loop {
        let below: Vec<Process> = others
            .extract_if(.., |(parent, _)| known.contains(parent))
            .map(|(_, process)| process)
            .collect();
        if below.is_empty() {
            return family;
        }
        known.extend(below.iter().map(|process| process.pid));
        family.extend(below);
    }
}

/// The figures of one attack, a line for each model.
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn new(attack: &str) -> Self {
        Self(format!(
            "\n{attack}: before → at the worst → after\n{:<10} {:>22} {:>22} \
             {:>22} {:>26}\n",
            "model", "processes", "threads", "descriptors", "memory, KiB"
        ))
    }

    pub(crate) fn row(
        &mut self,
        model: &str,
        before: Figures,
        worst: Figures,
        after: Figures,
    ) {
        let way = |figure: fn(&Figures) -> u64| {
            let all = [before, worst, after].map(|at| figure(&at).to_string());
            all.join(" → ")
        };
        self.0 += &format!(
            "{model:<10} {:>22} {:>22} {:>22} {:>26}\n",
            way(|at| at.processes as u64),
            way(|at| at.threads),
            way(|at| at.descriptors as u64),
            way(|at| at.memory),
        );
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
