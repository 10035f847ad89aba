//! The events of a lane, as they are kept.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

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

/// An event, packed. A server writes two for each packet, and most of what that
/// costs is waiting for the memory: so it is one line of the cache.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Entry {
    /// Nanoseconds; an evening has less than 2⁶⁴ of them.
    at: u64,
    peer: Option<SocketAddr>,
    kind: Kind,
    /// How many bytes of the ring are the text of this event.
    head: usize,
}

const _: () = assert!(size_of::<Entry>() == 64);

/// What happened; the two that happen all the time are the small ones.
#[derive(Debug, Clone)]
enum Kind {
    /// Its text are the bytes in the ring.
    Received(usize),
    Sent(usize),
    Other(Box<EventKind>),
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
        self.entries.push_back(Entry::of(event, head));
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
            let event = entry.into_event(&heads[start..end]);
            start = end;
            event
        })
    }
}

impl Entry {
    fn of(event: Event, head: usize) -> Self {
        let kind = match event.kind {
            EventKind::Received { bytes, text } if text.is_empty() => {
                Kind::Received(bytes)
            }
            EventKind::Sent { bytes } => Kind::Sent(bytes),
            kind => Kind::Other(Box::new(kind)),
        };
        Self {
            at: u64::try_from(event.at.as_nanos()).unwrap_or(u64::MAX),
            peer: event.peer,
            kind,
            head,
        }
    }

    /// Makes the event again; a packet gets the text of these bytes.
    fn into_event(self, head: &[u8]) -> Event {
        let kind = match self.kind {
            Kind::Received(bytes) => EventKind::Received {
                bytes,
                text: text(head),
            },
            Kind::Sent(bytes) => EventKind::Sent { bytes },
            Kind::Other(kind) => *kind,
        };
        Event {
            at: Duration::from_nanos(self.at),
            peer: self.peer,
            kind,
        }
    }
}
