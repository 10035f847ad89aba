//! The events of a lane, as they are kept.

use std::collections::VecDeque;

use super::text::text;
use super::{Event, EventKind};

/// The last events, and the bytes of which their texts will be made.
///
/// Once the list is full, noting a packet allocates nothing: the bytes of all
/// packets lie in one ring, in the order of the events.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    capacity: usize,
    entries: VecDeque<Entry>,
    heads: VecDeque<u8>,
    dropped: usize,
}

#[derive(Debug, Clone)]
struct Entry {
    event: Event,
    /// How many bytes of the ring are the text of this event.
    head: usize,
}

impl Kept {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            entries: VecDeque::new(),
            heads: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Appends an event, and drops the oldest if there are too many. The text
    /// of a packet is given as bytes, in two parts.
    pub(super) fn push(&mut self, event: Event, head: [&[u8]; 2]) {
        let count = self.entries.len();
        if count == self.capacity
            && let Some(oldest) = self.entries.pop_front()
        {
            self.heads.drain(..oldest.head);
            self.dropped += 1;
        } else if count == self.entries.capacity() {
            // No more than is needed in the end: then the newest event lies
            // where the oldest was, in memory that has just been touched.
            let more = count.max(4).min(self.capacity - count);
            self.entries.reserve_exact(more);
        }
        head.iter().for_each(|part| self.heads.extend(*part));
        let head = head.iter().map(|part| part.len()).sum();
        self.entries.push_back(Entry { event, head });
    }

    /// How many events there have been, those that were dropped included.
    pub(super) fn count(&self) -> usize {
        self.dropped + self.entries.len()
    }

    /// A copy of what is kept of the events after the first `count`.
    pub(super) fn after(&self, count: usize) -> Self {
        let known = count.saturating_sub(self.dropped).min(self.entries.len());
        let heads: usize = self.entries.range(..known).map(|e| e.head).sum();
        Self {
            capacity: self.capacity,
            entries: self.entries.range(known..).cloned().collect(),
            heads: self.heads.range(heads..).copied().collect(),
            dropped: self.dropped + known,
        }
    }

    /// The events with their texts. This takes a while: it is done with a copy,
    /// and no server waits for it.
    pub(super) fn into_events(mut self) -> impl Iterator<Item = Event> {
        self.heads.make_contiguous();
        let mut start = 0;
        self.entries.into_iter().map(move |entry| {
            let (heads, _) = self.heads.as_slices();
            let end = start + entry.head;
            let event = entry.event.with_text(&heads[start..end]);
            start = end;
            event
        })
    }
}

impl Event {
    /// Gives the event of a packet its text; others have none.
    fn with_text(mut self, head: &[u8]) -> Self {
        if let EventKind::Received { text: shown, .. } = &mut self.kind
            && !head.is_empty()
        {
            *shown = text(head);
        }
        self
    }
}
