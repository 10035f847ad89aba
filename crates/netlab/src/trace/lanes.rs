//! Where the threads of a server write their events: a lane per core.
//!
//! With one list for all there is one lock for all. It is held for a tenth of a
//! microsecond, but a thread that loses its core meanwhile keeps hundreds of
//! others waiting until it is its turn again. Here nobody waits: a thread
//! writes into the lane of its core, and if that is taken into the next one.
//!
//! Who reads locks all lanes and sorts by time. The clock is read under the
//! lock of a lane, so no event can turn up later that is older than one that
//! was read.

use std::array;
use std::time::Instant;

use nix::sched::sched_getcpu;
use parking_lot::{Mutex, MutexGuard};

use super::Event;
use super::kept::{Kept, News};

/// How many lanes there are; cores beyond share them.
const LANES: usize = 8;

/// The lists of one recorder.
#[derive(Debug)]
pub(super) struct Lanes {
    /// When the clock of the events was started.
    start: Instant,
    lanes: [Lane; LANES],
}

/// Two lanes in one cache line would wander from core to core all the same.
#[derive(Debug)]
#[repr(align(128))]
struct Lane {
    kept: Mutex<Kept>,
}

/// How many events of each lane somebody has seen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen([usize; LANES]);

impl Lanes {
    /// Makes lanes for `capacity` events each: all may come from one core, and
    /// then from another one. A lane that nobody writes into takes no memory.
    /// The clock of the events starts now.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let lane = |_| Lane {
            kept: Mutex::new(Kept::with_capacity(capacity)),
        };
        Self {
            start: Instant::now(),
            lanes: array::from_fn(lane),
        }
    }

    /// Locks a lane to write into.
    pub(super) fn free(&self) -> MutexGuard<'_, Kept> {
        let own = sched_getcpu().unwrap_or(0);
        let lane = |number: usize| &self.lanes[number % LANES].kept;
        // Nearly always the own one is free.
        lane(own)
            .try_lock()
            .or_else(|| (own + 1..own + LANES).find_map(|n| lane(n).try_lock()))
            .unwrap_or_else(|| lane(own).lock())
    }

    /// What has been written so far.
    pub(super) fn seen(&self) -> Seen {
        Seen(array::from_fn(|n| self.lanes[n].kept.lock().count()))
    }

    /// The events that are not among the `seen`, as far as they are kept, in
    /// the order of time.
    pub(super) fn after(&self, seen: Seen) -> (Seen, Vec<Event>) {
        let locked = self.lanes.each_ref().map(|lane| lane.kept.lock());
        let now = Seen(array::from_fn(|n| locked[n].count()));
        let news: [News; LANES] =
            array::from_fn(|n| locked[n].after(seen.0[n]));
        // Texts are made and events sorted while the server goes on.
        drop(locked);
        let mut events: Vec<Event> = news
            .into_iter()
            .flat_map(|news| news.into_events(self.start))
            .collect();
        events.sort_by_key(|event| event.at);
        (now, events)
    }
}

impl Seen {
    /// How many they are in all lanes.
    pub(super) fn count(&self) -> usize {
        self.0.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::trace::EventKind;

    /// What is read of [`push`].
    fn event(at: u64) -> Event {
        Event {
            at: Duration::from_nanos(at),
            peer: None,
            kind: EventKind::Sent { bytes: at as usize },
        }
    }

    fn push(lanes: &Lanes, lane: &mut Kept, at: u64) {
        let event = event(at);
        lane.push(lanes.start + event.at, event.peer, event.kind);
    }

    #[test]
    fn writer_that_has_lost_its_core_keeps_nobody_waiting() {
        let lanes = Lanes::with_capacity(1);
        // The locks of writers that never go on; one lane is left.
        let mut others: Vec<_> = (1..LANES).map(|_| lanes.free()).collect();
        push(&lanes, &mut lanes.free(), 1);
        others.clear();
        assert_eq!(lanes.after(Seen::default()).1, [event(1)]);
    }

    #[test]
    fn events_of_several_lanes_are_read_in_the_order_of_time() {
        let lanes = Lanes::with_capacity(10);
        let (mut first, mut second) = (lanes.free(), lanes.free());
        for at in [1, 4, 5] {
            push(&lanes, &mut first, at);
        }
        for at in [2, 3, 6] {
            push(&lanes, &mut second, at);
        }
        drop((first, second));
        let (seen, events) = lanes.after(Seen::default());
        assert_eq!(events, [1, 2, 3, 4, 5, 6].map(event));
        assert_eq!((seen, seen.count()), (lanes.seen(), 6));
        assert_eq!(lanes.after(seen).1, []);
    }
}
