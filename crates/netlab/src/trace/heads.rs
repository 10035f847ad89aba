//! The bytes of which the texts of a lane will be made.

/// Bytes in the order in which they came; the oldest leave first.
///
/// A `VecDeque` would do, but every packet comes here, and to drop the oldest
/// bytes is one addition in this one.
#[derive(Debug, Default)]
pub(super) struct Heads {
    /// A ring; its length is a power of two, or zero.
    ring: Box<[u8]>,
    /// Where the oldest byte is.
    begin: usize,
    count: usize,
}

impl Heads {
    /// Appends bytes. Allocates only if there have never been so many.
    #[inline]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let count = self.count + bytes.len();
        if count > self.ring.len() {
            self.grow(count);
        }
        let end = self.place(self.count);
        self.count = count;
        match self.ring.get_mut(end..end + bytes.len()) {
            Some(place) => place.copy_from_slice(bytes),
            // Once a round, what does not fit goes on at the beginning.
            None => {
                let (first, rest) = bytes.split_at(self.ring.len() - end);
                self.ring[end..].copy_from_slice(first);
                self.ring[..rest.len()].copy_from_slice(rest);
            }
        }
    }

    /// Drops the oldest bytes; there are at least so many.
    #[inline]
    pub(super) fn drop_oldest(&mut self, count: usize) {
        self.begin = self.place(count);
        self.count -= count;
    }

    /// How many bytes there is room for.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        self.ring.len()
    }

    /// A copy of the bytes after the first `known`.
    pub(super) fn after(&self, known: usize) -> Vec<u8> {
        let (second, first) = self.ring.split_at(self.begin);
        let all = first.iter().chain(second).take(self.count);
        all.skip(known).copied().collect()
    }

    /// The place in the ring of the byte with this number, from the oldest on.
    fn place(&self, number: usize) -> usize {
        // The remainder, for a power of two. Of zero bytes all are at zero.
        (self.begin + number) & self.ring.len().saturating_sub(1)
    }

    #[cold]
    fn grow(&mut self, count: usize) {
        let mut bytes = self.after(0);
        bytes.resize(count.next_power_of_two(), 0);
        self.ring = bytes.into_boxed_slice();
        self.begin = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn bytes_leave_in_the_order_in_which_they_came() {
        let (mut heads, mut wanted) = (Heads::default(), VecDeque::new());
        let all: Vec<u8> = (0..=255).collect();
        for turn in 0..2000 {
            let head = &all[turn % 200..turn % 200 + turn % 56];
            heads.append(head);
            wanted.extend(head);
            if wanted.len() > turn % 300 {
                let count = wanted.len() - turn % 300;
                heads.drop_oldest(count);
                wanted.drain(..count);
            }
            assert_eq!(wanted, heads.after(0), "{turn}");
            let known = wanted.len() / 2;
            let rest: Vec<u8> = wanted.range(known..).copied().collect();
            assert_eq!(heads.after(known), rest, "{turn}");
        }
    }

    #[test]
    fn ring_without_bytes_has_none() {
        let mut heads = Heads::default();
        heads.append(b"");
        heads.drop_oldest(0);
        assert_eq!(heads.after(0), b"");
    }
}
