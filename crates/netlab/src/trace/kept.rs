//! The events of a lane, as they are kept.

use std::net::SocketAddr;
use std::time::Instant;

use super::heads::Heads;
use super::text::text;
use super::{Event, EventKind};

/// The last events, and the bytes of which their texts will be made.
///
/// Once the list is full, noting a packet allocates nothing: the bytes of all
/// packets lie in one ring, in the order of the events.
#[derive(Debug)]
pub(super) struct Kept {
    capacity: usize,
    /// Once they are as many as there may be, a ring.
    entries: Vec<Entry>,
    /// Where the oldest entry is, and the next one will be.
    oldest: usize,
    heads: Heads,
    dropped: usize,
}

/// An event, packed. A server writes two for each packet, and most of what that
/// costs is waiting for the memory: so it is one line of the cache.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Entry {
    /// The clock as it was read; what time that is, is found out by whoever
    /// looks at the event.
    at: Instant,
    peer: Option<SocketAddr>,
    kind: Kind,
}

const _: () = assert!(size_of::<Entry>() == 64);

/// What happened; the two that happen all the time are the small ones.
#[derive(Debug, Clone)]
enum Kind {
    /// Its text are so many bytes of the ring.
    Received {
        bytes: usize,
        head: u16,
    },
    Sent(usize),
    Other(Box<EventKind>),
}

/// A copy of some events that were kept, and of the bytes of their texts.
#[derive(Debug)]
pub(super) struct News {
    entries: Vec<Entry>,
    heads: Vec<u8>,
}

impl Kept {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Vec::new(),
            oldest: 0,
            heads: Heads::default(),
            dropped: 0,
        }
    }

    /// Appends an event, and drops the oldest if there are too many.
    pub(super) fn push(
        &mut self,
        at: Instant,
        peer: Option<SocketAddr>,
        kind: EventKind,
    ) {
        let kind = Kind::Other(Box::new(kind));
        self.push_entry(Entry { at, peer, kind });
    }

    /// Appends the event of an answer.
    #[inline]
    pub(super) fn push_sent(
        &mut self,
        at: Instant,
        peer: SocketAddr,
        bytes: usize,
    ) {
        let (peer, kind) = (Some(peer), Kind::Sent(bytes));
        self.push_entry(Entry { at, peer, kind });
    }

    /// Appends the event of a packet. The bytes of its text are given in two
    /// parts.
    #[inline]
    pub(super) fn push_received(
        &mut self,
        at: Instant,
        peer: SocketAddr,
        bytes: usize,
        head: [&[u8]; 2],
    ) {
        let [begun, rest] = head;
        // At most three bytes of a character and what `text::head` leaves.
        let head = (begun.len() + rest.len()) as u16;
        let (peer, kind) = (Some(peer), Kind::Received { bytes, head });
        self.push_entry(Entry { at, peer, kind });
        if !begun.is_empty() {
            self.heads.append(begun);
        }
        self.heads.append(rest);
    }

    #[inline]
    fn push_entry(&mut self, entry: Entry) {
        let count = self.entries.len();
        if count < self.capacity {
            if count == self.entries.capacity() {
                // No more than is needed in the end.
                let more = count.max(4).min(self.capacity - count);
                self.entries.reserve_exact(more);
            }
            self.entries.push(entry);
            return;
        }
        // The newest event lies where the oldest was, in memory that has just
        // been touched.
        let oldest = &mut self.entries[self.oldest];
        self.heads.drop_oldest(oldest.head());
        *oldest = entry;
        self.dropped += 1;
        self.oldest += 1;
        if self.oldest == count {
            self.oldest = 0;
        }
    }

    /// How many events there have been, those that were dropped included.
    pub(super) fn count(&self) -> usize {
        self.dropped + self.entries.len()
    }

    /// A copy of what is kept of the events after the first `count`.
    pub(super) fn after(&self, count: usize) -> News {
        let known = count.saturating_sub(self.dropped).min(self.entries.len());
        let (newer, older) = self.entries.split_at(self.oldest);
        let all = || older.iter().chain(newer);
        let heads = all().take(known).map(Entry::head).sum();
        News {
            entries: all().skip(known).cloned().collect(),
            heads: self.heads.after(heads),
        }
    }
}

impl News {
    /// The events with their texts, and with their times since `start`. This
    /// takes a while, and no server waits for it.
    pub(super) fn into_events(
        self,
        start: Instant,
    ) -> impl Iterator<Item = Event> {
        let mut begin = 0;
        self.entries.into_iter().map(move |entry| {
            let end = begin + entry.head();
            let event = entry.into_event(start, &self.heads[begin..end]);
            begin = end;
            event
        })
    }
}

impl Entry {
    /// How many bytes of the ring are the text of this event.
    fn head(&self) -> usize {
        match self.kind {
            Kind::Received { head, .. } => usize::from(head),
            Kind::Sent(_) | Kind::Other(_) => 0,
        }
    }

    /// Makes the event again; a packet gets the text of these bytes.
    fn into_event(self, start: Instant, head: &[u8]) -> Event {
        let kind = match self.kind {
            Kind::Received { bytes, .. } => EventKind::Received {
                bytes,
                text: text(head),
            },
            Kind::Sent(bytes) => EventKind::Sent { bytes },
            Kind::Other(kind) => *kind,
        };
        Event {
            at: self.at.saturating_duration_since(start),
            peer: self.peer,
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_whatever_is_received() {
        let (capacity, longest) = (100, [b'x'; 255]);
        let mut kept = Kept::with_capacity(capacity);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        for number in 0..10 * capacity {
            let head = &longest[..longest.len() - number % 2];
            let at = Instant::now();
            kept.push_received(at, peer, 4096, [&head[..3], &head[3..]]);
            kept.push_sent(at, peer, 4096);
            kept.push_received(at, peer, 4096, [&[], head]);
        }
        assert_eq!(kept.entries.capacity(), capacity);
        let most = 2 * capacity * longest.len();
        let takes = kept.heads.memory();
        assert!(takes <= most, "{takes} bytes, not {most}");
    }
}
