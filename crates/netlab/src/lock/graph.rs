//! Who owns which lock, and who waits for it: the wait-for graph.
//!
//! A thread that waits points to the lock it wants, a lock points to the thread
//! that owns it. Following these arrows from a lock either ends at a thread
//! that runs, or comes back to the thread that has just asked: a deadlock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::unistd::{getpid, gettid};

use super::deadlock::{Deadlock, Wait};

/// All named locks of this process. One graph for all: a circle of threads goes
/// through several locks, and each of them must be seen.
static GRAPH: Mutex<Graph> = Mutex::new(Graph {
    locks: BTreeMap::new(),
    last: 0,
});

thread_local! {
    /// What this thread is called; made when it first uses a named lock.
    static ME: Party = Party::new();
}

/// A thread, as the graph knows it.
#[derive(Debug, Clone)]
pub(super) struct Party {
    number: u64,
    pub(super) name: Arc<str>,
}

impl Party {
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        // A notebook's cells run in the main thread, but the standard library
        // of the cells has not started it and knows no name for it.
        let main = gettid() == getpid();
        let name = match thread::current().name() {
            Some(name) => Arc::from(name),
            None if main => Arc::from("main"),
            None => Arc::from(format!("№ {number}")),
        };
        Self { number, name }
    }

    /// The thread that asks.
    pub(super) fn me() -> Self {
        ME.with(Self::clone)
    }
}

#[derive(Debug)]
pub(super) struct Graph {
    locks: BTreeMap<u64, Entry>,
    /// The number of the last lock that was made.
    last: u64,
}

/// A lock, as the graph knows it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Arc<str>,
    pub(super) owner: Option<Party>,
    pub(super) waiters: Vec<Party>,
}

/// The graph, and nobody else changes it meanwhile.
pub(super) fn graph() -> MutexGuard<'static, Graph> {
    // Nothing panics under this mutex.
    GRAPH.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Graph {
    /// Adds a lock and returns its number.
    pub(super) fn add(&mut self, name: Arc<str>) -> u64 {
        self.last += 1;
        let entry = Entry {
            name,
            owner: None,
            waiters: Vec::new(),
        };
        self.locks.insert(self.last, entry);
        self.last
    }

    pub(super) fn remove(&mut self, lock: u64) {
        self.locks.remove(&lock);
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.locks.values()
    }

    /// Makes a thread the owner; `false` if there is one already.
    pub(super) fn take(&mut self, lock: u64, me: &Party) -> bool {
        let Some(entry) = self.locks.get_mut(&lock) else {
            return false;
        };
        if entry.owner.is_some() {
            return false;
        }
        entry.owner = Some(me.clone());
        true
    }

    pub(super) fn give_back(&mut self, lock: u64) {
        if let Some(entry) = self.locks.get_mut(&lock) {
            entry.owner = None;
        }
    }

    fn begin_waiting(&mut self, lock: u64, me: &Party) {
        if let Some(entry) = self.locks.get_mut(&lock) {
            entry.waiters.push(me.clone());
        }
    }

    fn end_waiting(&mut self, lock: u64, me: &Party) {
        if let Some(entry) = self.locks.get_mut(&lock) {
            entry.waiters.retain(|other| other.number != me.number);
        }
    }

    /// The lock that a thread waits for.
    fn wanted_by(&self, thread: &Party) -> Option<u64> {
        let waits = |entry: &Entry| {
            entry
                .waiters
                .iter()
                .any(|other| other.number == thread.number)
        };
        let found = self.locks.iter().find(|(_, entry)| waits(entry));
        found.map(|(lock, _)| *lock)
    }

    fn held_by(&self, thread: &Party) -> Vec<String> {
        let owned = self.locks.values().filter(|entry| {
            let owner = entry.owner.as_ref();
            owner.is_some_and(|owner| owner.number == thread.number)
        });
        owned.map(|entry| entry.name.to_string()).collect()
    }

    /// The circle that would close if this thread waited for this lock.
    ///
    /// Asked before every wait, also before waiting again: then no circle can
    /// be in the graph that does not go through the thread that asks.
    fn circle(&self, lock: u64, me: &Party) -> Option<Deadlock> {
        let mut circle = Vec::new();
        let (mut thread, mut lock) = (me.clone(), lock);
        // A path that visits more locks than there are goes round in circles.
        for _ in 0..=self.locks.len() {
            let entry = self.locks.get(&lock)?;
            let owner = entry.owner.clone()?;
            circle.push(Wait {
                thread: thread.name.to_string(),
                holds: self.held_by(&thread),
                wants: entry.name.to_string(),
                owner: owner.name.to_string(),
            });
            if owner.number == me.number {
                return Some(Deadlock { circle });
            }
            lock = self.wanted_by(&owner)?;
            thread = owner;
        }
        None
    }
}

/// Waits until the lock is free and makes this thread its owner.
///
/// `free` is notified when the lock is given back.
pub(super) fn acquire(lock: u64, free: &Condvar) -> Result<(), Deadlock> {
    let me = Party::me();
    let mut graph = graph();
    while !graph.take(lock, &me) {
        if let Some(deadlock) = graph.circle(lock, &me) {
            return Err(deadlock);
        }
        graph.begin_waiting(lock, &me);
        graph = free.wait(graph).unwrap_or_else(PoisonError::into_inner);
        graph.end_waiting(lock, &me);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(number: u64) -> Party {
        Party {
            number,
            name: Arc::from(format!("поток {number}")),
        }
    }

    /// Locks 1, 2, 3 with owners 1, 2, 3.
    fn three() -> Graph {
        let mut graph = Graph {
            locks: BTreeMap::new(),
            last: 0,
        };
        for number in 1..=3 {
            let lock = graph.add(Arc::from(format!("замок {number}")));
            assert!(graph.take(lock, &party(number)));
        }
        graph
    }

    #[test]
    fn circle_of_three_names_everybody_in_order() {
        let mut graph = three();
        graph.begin_waiting(2, &party(1));
        graph.begin_waiting(3, &party(2));
        let deadlock = graph.circle(1, &party(3)).expect("a circle");
        let named: Vec<_> = deadlock
            .circle
            .iter()
            .map(|wait| (wait.thread.as_str(), wait.wants.as_str()))
            .collect();
        let expected = [
            ("поток 3", "замок 1"),
            ("поток 1", "замок 2"),
            ("поток 2", "замок 3"),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn chain_that_ends_at_a_running_thread_is_no_circle() {
        let mut graph = three();
        graph.begin_waiting(2, &party(1));
        assert!(graph.circle(1, &party(3)).is_none());
    }

    #[test]
    fn lock_that_was_given_back_breaks_the_chain() {
        let mut graph = three();
        graph.begin_waiting(2, &party(1));
        graph.give_back(2);
        assert!(graph.circle(1, &party(2)).is_none());
    }

    #[test]
    fn own_lock_is_a_circle_of_one() {
        let deadlock = three().circle(1, &party(1)).expect("a circle");
        assert_eq!(deadlock.circle.len(), 1);
        assert_eq!(deadlock.circle[0].holds, ["замок 1"]);
    }
}
