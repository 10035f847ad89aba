//! A lock that its holder hands over every N operations.
//!
//! The model check compiles this very file against loom.

use std::collections::VecDeque;
use std::io;
use std::sync::PoisonError;

use super::sync::{Arc, Condvar, Mutex, MutexGuard, ThreadId, current};

/// A global interpreter lock: one thread runs, the others wait in a queue.
///
/// It guards no data; threads hold it while they run. The holder counts its
/// operations with [`Holder::tick`], and after every N of them it hands the
/// lock to the thread that has waited longest. A plain mutex is no such lock:
/// the thread that unlocks it usually gets it again before the others wake up.
///
/// # Examples
///
/// ```
/// use netlab::gil::Gil;
/// use std::thread;
///
/// let gil = Gil::new(100)?;
/// thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| {
///             let mut holder = gil.enter();
///             for _ in 0..1000 {
///                 holder.tick();
///             }
///         });
///     }
/// });
/// println!("{} hand-overs", gil.switches());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Gil {
    switch_every: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The holder: the number of its entry, and its thread.
    holder: Option<(u64, ThreadId)>,
    queue: VecDeque<Waiting>,
    entries: u64,
    switches: u64,
}

/// A place in the queue. Everyone has a bell of their own: only the thread
/// whose turn it is wakes up.
#[derive(Debug, Clone)]
struct Waiting {
    entry: u64,
    thread: ThreadId,
    bell: Arc<Condvar>,
}

impl Gil {
    /// Makes a lock that is handed over every `switch_every` operations.
    ///
    /// # Errors
    ///
    /// `InvalidInput`: `switch_every` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::gil::Gil;
    ///
    /// assert!(Gil::new(100).is_ok());
    /// assert!(Gil::new(0).is_err());
    /// ```
    pub fn new(switch_every: u64) -> io::Result<Self> {
        if switch_every == 0 {
            let text = "switch_every = 0: замок не успел бы никому достаться; \
                        наименьшее значение – 1";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let state = State {
            holder: None,
            queue: VecDeque::new(),
            entries: 0,
            switches: 0,
        };
        Ok(Self {
            switch_every,
            state: Mutex::new(state),
        })
    }

    /// Waits for the lock and takes it.
    ///
    /// It is given back when the [`Holder`] is dropped.
    ///
    /// # Panics
    ///
    /// If this thread holds the lock already: it would wait for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let gil = netlab::gil::Gil::new(100)?;
    /// drop(gil.enter());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn enter(&self) -> Holder<'_> {
        let mut state = self.state();
        let thread = current().id();
        let held = state.holder.is_some_and(|(_, holder)| holder == thread);
        if held {
            drop(state);
            panic!("этот поток уже держит Gil: он ждал бы сам себя");
        }
        state.entries += 1;
        let place = Waiting {
            entry: state.entries,
            thread,
            bell: Arc::new(Condvar::new()),
        };
        if state.holder.is_none() {
            state.holder = Some((place.entry, thread));
        } else {
            state.queue.push_back(place.clone());
            wait(state, &place);
        }
        Holder {
            gil: self,
            place,
            operations: 0,
        }
    }

    /// Returns how often a running thread has handed the lock to another.
    ///
    /// # Examples
    ///
    /// ```
    /// let gil = netlab::gil::Gil::new(1)?;
    /// gil.enter().tick(); // Nobody waits, so it goes on.
    /// assert_eq!(gil.switches(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn switches(&self) -> u64 {
        self.state().switches
    }

    /// How many threads are in the queue.
    pub(super) fn waiting(&self) -> usize {
        self.state().queue.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under this mutex.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sleeps until it is this thread's turn.
fn wait(mut state: MutexGuard<'_, State>, place: &Waiting) {
    while state.holder.is_none_or(|(entry, _)| entry != place.entry) {
        state = place
            .bell
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

impl State {
    /// Gives the lock to the first in the queue; `false` if there is none.
    fn pass_on(&mut self) -> bool {
        let next = self.queue.pop_front();
        self.holder = next.as_ref().map(|next| (next.entry, next.thread));
        next.inspect(|next| next.bell.notify_one()).is_some()
    }
}

/// The right to run, until it is dropped.
#[derive(Debug)]
pub struct Holder<'a> {
    gil: &'a Gil,
    place: Waiting,
    operations: u64,
}

impl Holder<'_> {
    /// Counts one operation, and hands the lock over if it is time.
    ///
    /// Returns whether another thread has run meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// let gil = netlab::gil::Gil::new(100)?;
    /// let mut holder = gil.enter();
    /// assert!(!holder.tick()); // Nobody else wants to run.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn tick(&mut self) -> bool {
        self.spend(1);
        self.offer()
    }

    /// Counts operations during which the lock is not handed over.
    ///
    /// # Examples
    ///
    /// ```
    /// let gil = netlab::gil::Gil::new(4)?;
    /// let mut holder = gil.enter();
    /// holder.spend(8); // Stays with this thread, however long it takes.
    /// holder.offer();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn spend(&mut self, operations: u64) {
        self.operations = self.operations.saturating_add(operations);
    }

    /// Hands the lock over if N operations were counted and somebody waits,
    /// and waits in the queue to get it back.
    ///
    /// Returns whether another thread has run meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// let gil = netlab::gil::Gil::new(4)?;
    /// assert!(!gil.enter().offer());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn offer(&mut self) -> bool {
        if self.operations < self.gil.switch_every {
            return false;
        }
        self.operations = 0;
        let mut state = self.gil.state();
        if state.queue.is_empty() {
            return false;
        }
        state.switches += 1;
        state.pass_on();
        state.queue.push_back(self.place.clone());
        wait(state, &self.place);
        true
    }
}

impl Drop for Holder<'_> {
    fn drop(&mut self) {
        self.gil.state().pass_on();
    }
}
