//! What one measurement has found.

use std::fmt;
use std::time::Duration;

use crate::display;

/// The result of a ping-pong or of a stream through one mechanism.
///
/// A ping-pong fills `rounds` and `round_trip`, a stream fills `bytes`; the
/// other fields are zero. As text it is one line of Russian.
///
/// # Examples
///
/// ```
/// let measured = netlab::ipc::messages::ping_pong(100)?;
/// assert_eq!(measured.rounds, 100);
/// println!("{measured}");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The name of the mechanism, as in [`MECHANISMS`](super::MECHANISMS).
    pub mechanism: &'static str,
    /// How many times «ping» went there and «pong» came back.
    pub rounds: u32,
    /// The median of the rounds: half of them were faster.
    pub round_trip: Duration,
    /// How many bytes have arrived on the other side.
    pub bytes: usize,
    /// How long all of it took: from the first call to the last answer.
    pub elapsed: Duration,
}

impl Measured {
    /// Returns the throughput in MB/s (millions of bytes), if bytes were sent.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::ipc::messages::stream(1 << 20)?.rate().is_some());
    /// assert!(netlab::ipc::messages::ping_pong(10)?.rate().is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn rate(&self) -> Option<f64> {
        let seconds = self.elapsed.as_secs_f64().max(1e-9);
        (self.bytes > 0).then(|| self.bytes as f64 / seconds / 1e6)
    }

    /// Shows the line under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::ipc::mailbox::ping_pong(10)?.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::paragraph(&text)), &text);
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.mechanism;
        let milliseconds = figure(self.elapsed.as_secs_f64() * 1e3);
        match self.rate() {
            Some(rate) => {
                let megabytes = figure(self.bytes as f64 / 1e6);
                let rate = figure(rate);
                write!(f, "{name}: {megabytes} МБ за {milliseconds} мс, ")?;
                write!(f, "{rate} МБ/с")
            }
            None => {
                let median = microseconds(self.round_trip);
                write!(f, "{name}: туда-обратно {median} мкс ")?;
                write!(f, "(медиана, кругов: {})", self.rounds)
            }
        }
    }
}

/// A time in microseconds with about three significant digits.
pub(super) fn microseconds(time: Duration) -> String {
    figure(time.as_secs_f64() * 1e6)
}

/// A figure with about three significant digits.
pub(super) fn figure(value: f64) -> String {
    match value {
        _ if value >= 99.95 => format!("{value:.0}"),
        _ if value >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_say_what_was_measured() {
        let rounds = Measured {
            mechanism: "Сокет TCP",
            rounds: 1000,
            round_trip: Duration::from_nanos(12_345),
            bytes: 0,
            elapsed: Duration::from_millis(13),
        };
        assert_eq!(
            rounds.to_string(),
            "Сокет TCP: туда-обратно 12.3 мкс (медиана, кругов: 1000)"
        );
        let stream = Measured {
            rounds: 0,
            round_trip: Duration::ZERO,
            bytes: 16_000_000,
            elapsed: Duration::from_millis(8),
            ..rounds
        };
        assert_eq!(
            stream.to_string(),
            "Сокет TCP: 16.0 МБ за 8.00 мс, 2000 МБ/с"
        );
    }
}
