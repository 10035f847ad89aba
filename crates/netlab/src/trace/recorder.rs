//! Collects the events.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::kept::Kept;
use super::lanes::Lanes;
use super::text::{Unfinished, head};
use super::view::View;
use super::{Event, EventKind, Log};

/// How many events a [`Recorder`] keeps unless it is told otherwise.
pub const CAPACITY: usize = 1000;

/// Collects events from any number of threads.
///
/// A clone is cheap and writes into the same list. The list is bounded: when
/// it is full the oldest event is dropped and counted, because a server that
/// runs for an evening must not eat the memory of the notebook.
///
/// # Examples
///
/// ```
/// use netlab::trace::{EventKind, Recorder};
///
/// let recorder = Recorder::new();
/// recorder.record(None, EventKind::Stopped);
/// assert_eq!(recorder.snapshot().len(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    capacity: usize,
    lanes: Lanes,
    /// How many threads are in [`Recorder::wait_for`].
    waiting: AtomicUsize,
    /// Rung after each event if anybody is, so that they need not look again
    /// and again.
    bell: Condvar,
    /// Held to ring, and to look whether it is worth waiting.
    bell_lock: Mutex<()>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// Makes a recorder for the last [`CAPACITY`] events; its clock starts now.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::trace::Recorder::new().snapshot().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Makes a recorder for the last `capacity` events (at least one).
    ///
    /// Threads on different cores write into different lists, eight at most,
    /// and each has to keep so many: nobody knows on which core the next events
    /// will happen. So the memory is bounded by 8 · `capacity` events of 64
    /// bytes, and twice the first 255 bytes of each packet among them; with
    /// [`CAPACITY`] and lines of chat on two cores that is about 200 KiB.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    ///
    /// let recorder = Recorder::with_capacity(1);
    /// recorder.record(None, EventKind::Connected);
    /// recorder.record(None, EventKind::Stopped);
    /// assert_eq!(recorder.log().dropped(), 1);
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let shared = Shared {
            capacity,
            lanes: Lanes::with_capacity(capacity),
            waiting: AtomicUsize::new(0),
            bell: Condvar::new(),
            bell_lock: Mutex::new(()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Appends an event with the time of this call.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    ///
    /// let recorder = Recorder::new();
    /// let peer = "127.0.0.1:55000".parse().ok();
    /// recorder.record(peer, EventKind::Connected);
    /// assert_eq!(recorder.snapshot()[0].peer, peer);
    /// ```
    pub fn record(&self, peer: Option<SocketAddr>, kind: EventKind) {
        self.note(|lane, at| lane.push(at, peer, kind));
    }

    /// Appends the event of a packet of `bytes` bytes, given by what its text
    /// begins with and by its first bytes.
    ///
    /// Every packet of every client comes here, so this decodes nothing and,
    /// once the list is full, allocates nothing. Returns the time of the event.
    pub(crate) fn received(
        &self,
        peer: SocketAddr,
        bytes: usize,
        begun: Unfinished,
        packet: &[u8],
    ) -> Instant {
        let head = head(packet);
        self.note(|lane, at| {
            lane.push_received(at, peer, bytes, [begun.bytes(), head]);
        })
    }

    /// Appends the event of an answer; returns its time.
    pub(crate) fn sent(&self, peer: SocketAddr, bytes: usize) -> Instant {
        self.note(|lane, at| lane.push_sent(at, peer, bytes))
    }

    /// Appends an event with the time of this call, and wakes who waits for it.
    #[inline]
    fn note(&self, push: impl FnOnce(&mut Kept, Instant)) -> Instant {
        let shared = &*self.shared;
        let mut lane = shared.lanes.free();
        let at = Instant::now();
        push(&mut lane, at);
        drop(lane);
        // Relaxed is enough: a waiter that had looked into this lane before has
        // unlocked it before, and was counted already.
        if shared.waiting.load(Ordering::Relaxed) > 0 {
            drop(shared.bell_lock.lock());
            shared.bell.notify_all();
        }
        at
    }

    /// Returns a copy of the events kept so far, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::trace::Recorder::new().snapshot(), []);
    /// ```
    pub fn snapshot(&self) -> Vec<Event> {
        self.events().0
    }

    /// Returns the events kept so far in a form that displays itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let log = netlab::trace::Recorder::new().log();
    /// assert_eq!(log.to_string(), "событий пока нет");
    /// ```
    pub fn log(&self) -> Log {
        let (events, dropped) = self.events();
        Log::new(events, dropped)
    }

    fn events(&self) -> (Vec<Event>, usize) {
        let mut view = View::with_capacity(self.shared.capacity);
        view.follow(&self.shared.lanes);
        view.into_events()
    }

    /// Waits until the events satisfy `condition`, at most `limit`.
    ///
    /// Returns whether they did. This is how a cell or a test waits for "the
    /// server has read my bytes": it sleeps until an event is recorded and
    /// looks again, so it is neither late nor early.
    ///
    /// `condition` gets a copy of the events; the server goes on meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    /// use std::time::Duration;
    ///
    /// let recorder = Recorder::new();
    /// let writer = recorder.clone();
    /// std::thread::spawn(move || writer.record(None, EventKind::Stopped));
    ///
    /// let limit = Duration::from_secs(5);
    /// let stopped = |e: &netlab::trace::Event| e.kind == EventKind::Stopped;
    /// assert!(recorder.wait_for(limit, |events| events.iter().any(stopped)));
    /// ```
    pub fn wait_for(
        &self,
        limit: Duration,
        mut condition: impl FnMut(&[Event]) -> bool,
    ) -> bool {
        // `None`: nobody lives that long.
        let deadline = Instant::now().checked_add(limit);
        let shared = &*self.shared;
        let _waiting = Waiting::begin(&shared.waiting);
        let mut view = View::with_capacity(shared.capacity);
        let mut is_over = false;
        loop {
            let holds = condition(view.follow(&shared.lanes));
            if holds || is_over {
                return holds;
            }
            // Whoever writes from here on has to ring, and for that to wait
            // until this lock is given up by the wait.
            let mut lock = shared.bell_lock.lock();
            is_over = match deadline {
                _ if view.is_behind(&shared.lanes) => {
                    deadline.is_some_and(|at| at <= Instant::now())
                }
                None => {
                    shared.bell.wait(&mut lock);
                    false
                }
                // A wait may end without an event; only the loop makes it
                // right.
                Some(at) => shared.bell.wait_until(&mut lock, at).timed_out(),
            };
        }
    }
}

/// A thread that waits, for as long as it does: `condition` may panic.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const WATCHDOG: Duration = Duration::from_secs(5);

    fn peer(number: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], number))
    }

    #[test]
    fn full_recorder_drops_the_oldest_and_says_so() {
        let recorder = Recorder::with_capacity(2);
        for limit in 1..=3 {
            recorder.record(None, EventKind::Refused { limit });
        }
        let log = recorder.log();
        assert_eq!(log.events()[0].kind, EventKind::Refused { limit: 2 });
        assert!(
            log.to_string().starts_with("… раньше событий: 1\n"),
            "{log}"
        );
    }

    #[test]
    fn texts_stay_with_their_events_when_old_ones_are_dropped() {
        let recorder = Recorder::with_capacity(3);
        let mut unfinished = Unfinished::default();
        for number in 0..50 {
            let packet = "п".repeat(number % 7);
            let (first, rest) = packet.as_bytes().split_at(packet.len() / 2);
            for part in [first, rest] {
                let begun = unfinished.replace(part);
                recorder.received(peer(1), number, begun, part);
            }
        }
        let received = |bytes, count| EventKind::Received {
            bytes,
            text: "п".repeat(count),
        };
        let kinds = recorder.snapshot().into_iter().map(|event| event.kind);
        // 48 of them are six letters, 49 is none.
        let wanted = [received(48, 3), received(49, 0), received(49, 0)];
        assert_eq!(kinds.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn events_of_each_thread_stay_in_their_order() {
        let recorder = Recorder::with_capacity(900);
        thread::scope(|scope| {
            for number in 0..4 {
                let recorder = recorder.clone();
                scope.spawn(move || {
                    for bytes in 0..500 {
                        let sent = EventKind::Sent { bytes };
                        recorder.record(Some(peer(number)), sent);
                    }
                });
            }
        });
        let log = recorder.log();
        assert_eq!((log.events().len(), log.dropped()), (900, 1100));
        assert!(log.events().is_sorted_by_key(|event| event.at));
        for number in 0..4 {
            let own =
                log.events().iter().filter(|e| e.peer == Some(peer(number)));
            let own: Vec<_> = own.map(|event| &event.kind).collect();
            let first = 500 - own.len();
            for (kind, bytes) in own.into_iter().zip(first..) {
                assert_eq!(*kind, EventKind::Sent { bytes });
            }
        }
    }

    #[test]
    fn wait_for_gives_up_when_nothing_happens() {
        assert!(
            !Recorder::new()
                .wait_for(Duration::from_millis(1), |events| !events
                    .is_empty())
        );
    }

    #[test]
    fn wait_for_ever_is_possible() {
        let recorder = Recorder::new();
        recorder.record(None, EventKind::Stopped);
        assert!(recorder.wait_for(Duration::MAX, |events| events.len() == 1));
    }

    #[test]
    fn no_event_is_missed_by_whoever_waits_for_it() {
        let (here, there) = (Recorder::new(), Recorder::new());
        let knows = |recorder: &Recorder, wanted| {
            let last = EventKind::Refused { limit: wanted };
            recorder.wait_for(WATCHDOG, |events| {
                events.last().is_some_and(|event| event.kind == last)
            })
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                for limit in 0..2000 {
                    here.record(None, EventKind::Refused { limit });
                    assert!(knows(&there, limit), "{limit}");
                }
            });
            for limit in 0..2000 {
                assert!(knows(&here, limit), "{limit}");
                there.record(None, EventKind::Refused { limit });
            }
        });
    }

    #[test]
    fn condition_may_look_at_the_recorder_and_write() {
        let recorder = Recorder::new();
        let held = recorder.wait_for(WATCHDOG, |events| {
            recorder.record(None, EventKind::Connected);
            events.len() == 3
        });
        assert!(held);
        assert_eq!(recorder.snapshot().len(), 4);
    }
}
