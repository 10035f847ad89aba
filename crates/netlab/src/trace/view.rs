//! What somebody who looks at a recorder has seen so far.

use std::collections::VecDeque;

use super::Event;
use super::lanes::{Lanes, Seen};

/// The last events, followed without making all texts again for each new one.
#[derive(Debug)]
pub(super) struct View {
    capacity: usize,
    seen: Seen,
    events: VecDeque<Event>,
}

impl View {
    /// Makes a view of at most `capacity` events, still without any.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            seen: Seen::default(),
            events: VecDeque::new(),
        }
    }

    /// Looks at what is new.
    pub(super) fn follow(&mut self, lanes: &Lanes) -> &[Event] {
        let (seen, news) = lanes.after(self.seen);
        self.seen = seen;
        self.events.extend(news);
        let surplus = self.events.len().saturating_sub(self.capacity);
        self.events.drain(..surplus);
        self.events.make_contiguous()
    }

    /// Tells whether something has been written since.
    pub(super) fn is_behind(&self, lanes: &Lanes) -> bool {
        self.seen != lanes.seen()
    }

    /// The events, and how many older ones there have been.
    pub(super) fn into_events(self) -> (Vec<Event>, usize) {
        let older = self.seen.count() - self.events.len();
        (self.events.into(), older)
    }
}
