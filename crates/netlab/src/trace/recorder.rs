//! Collects the events.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

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
    start: Instant,
    capacity: usize,
    events: Mutex<Events>,
    /// Rung after each event, so that a waiter need not look again and again.
    recorded: Condvar,
}

#[derive(Debug, Default)]
struct Events {
    kept: VecDeque<Event>,
    dropped: usize,
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
        let shared = Shared {
            start: Instant::now(),
            capacity: capacity.max(1),
            events: Mutex::default(),
            recorded: Condvar::new(),
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
        let mut events = self.shared.events.lock();
        // The clock is read under the lock: otherwise two threads could append
        // in the other order than their times say.
        let at = self.shared.start.elapsed();
        if events.kept.len() == self.shared.capacity {
            events.kept.pop_front();
            events.dropped += 1;
        }
        events.kept.push_back(Event { at, peer, kind });
        self.shared.recorded.notify_all();
    }

    /// Returns a copy of the events kept so far, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::trace::Recorder::new().snapshot(), []);
    /// ```
    pub fn snapshot(&self) -> Vec<Event> {
        self.shared.events.lock().kept.iter().cloned().collect()
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
        let events = self.shared.events.lock();
        Log::new(events.kept.iter().cloned().collect(), events.dropped)
    }

    /// Waits until the events satisfy `condition`, at most `limit`.
    ///
    /// Returns whether they did. This is how a cell or a test waits for "the
    /// server has read my bytes": it sleeps until an event is recorded and
    /// looks again, so it is neither late nor early.
    ///
    /// `condition` runs while the recorder is locked and must not record.
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
        let begin = Instant::now();
        let mut events = self.shared.events.lock();
        while !condition(events.kept.make_contiguous()) {
            // A wait may end without an event; only the loop makes it right.
            if self
                .shared
                .recorded
                .wait_for(&mut events, limit.saturating_sub(begin.elapsed()))
                .timed_out()
            {
                return condition(events.kept.make_contiguous());
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn wait_for_gives_up_when_nothing_happens() {
        assert!(
            !Recorder::new()
                .wait_for(Duration::from_millis(1), |events| !events
                    .is_empty())
        );
    }
}
