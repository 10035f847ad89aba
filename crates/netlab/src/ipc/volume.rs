//! How many bytes are sent, in which pieces, and how fast they went.

use std::io;
use std::time::{Duration, Instant};

use super::cores::{Held, hold};
use super::measured::Measured;

/// The size of one piece: as much as a pipe holds on Linux.
pub(super) const CHUNK: usize = 64 * 1024;

/// More bytes tell nothing new about the throughput.
const MOST: usize = 1 << 30;

/// A number of bytes to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Volume {
    bytes: usize,
    /// When this is over, fewer bytes will do.
    at_most: Option<Duration>,
    /// Where this side runs, if it matters.
    core: Option<usize>,
}

/// What has been sent and must still be confirmed.
#[derive(Debug)]
#[must_use]
pub(super) struct Sent {
    bytes: usize,
    start: Instant,
    _held: Option<Held>,
}

impl Volume {
    /// So many bytes, no more and no less.
    pub(super) fn exactly(bytes: usize) -> io::Result<Self> {
        if bytes == 0 || bytes > MOST {
            let text = format!(
                "байтов: {bytes}, а измерить можно от 1 до {MOST} (1 ГиБ); \
                 16 миллионов достаточно"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(Self {
            bytes,
            at_most: None,
            core: None,
        })
    }

    /// At most so many, and at least one chunk, in about this time. This side
    /// runs on `core`; the other one stays where it was made.
    pub(super) fn within(
        bytes: usize,
        time: Duration,
        core: Option<usize>,
    ) -> Self {
        Self {
            bytes,
            at_most: Some(time),
            core,
        }
    }

    /// Calls `send` with one piece after another, each at most [`CHUNK`] long.
    pub(super) fn send(
        self,
        mut send: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Sent> {
        // Pages that were never written are one and the same page of zeros;
        // reading it again and again would be too fast to be true.
        let chunk = vec![b'x'; CHUNK];
        let held = self.core.and_then(|core| hold(core).ok());
        let start = Instant::now();
        let mut left = self.bytes;
        while left > 0 {
            let piece = &chunk[..left.min(CHUNK)];
            send(piece)?;
            left -= piece.len();
            if self.at_most.is_some_and(|time| start.elapsed() >= time) {
                break;
            }
        }
        Ok(Sent {
            bytes: self.bytes - left,
            start,
            _held: held,
        })
    }
}

impl Sent {
    /// Stops the clock, if the other side has counted the same bytes.
    ///
    /// Without its answer the clock would stop when the last piece is in a
    /// buffer, and a large buffer would look like a fast mechanism.
    pub(super) fn confirmed(
        self,
        mechanism: &'static str,
        arrived: u64,
    ) -> io::Result<Measured> {
        let elapsed = self.start.elapsed();
        let bytes = self.bytes;
        if arrived != bytes as u64 {
            let text = format!("отправлено {bytes} байтов, дошло {arrived}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(Measured {
            mechanism,
            rounds: 0,
            round_trip: Duration::ZERO,
            bytes,
            elapsed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_piece_is_the_rest() -> io::Result<()> {
        let mut sizes = Vec::new();
        let sent = Volume::exactly(CHUNK + 1)?.send(|piece| {
            sizes.push(piece.len());
            Ok(())
        })?;
        assert_eq!(sizes, [CHUNK, 1]);
        assert_eq!(sent.confirmed("м", 65537)?.bytes, CHUNK + 1);
        Ok(())
    }

    #[test]
    fn lost_byte_is_an_error() -> io::Result<()> {
        let sent = Volume::exactly(10)?.send(|_| Ok(()))?;
        let error = sent.confirmed("м", 9).expect_err("one is lost");
        assert_eq!(error.to_string(), "отправлено 10 байтов, дошло 9");
        Ok(())
    }
}
