//! How many rounds of ping-pong, and their median.

use std::io;
use std::time::{Duration, Instant};

use super::cores::hold;
use super::measured::Measured;

/// What goes there, with a length that every mechanism can carry.
pub(super) const PING: [u8; 4] = *b"ping";
/// What comes back.
pub(super) const PONG: [u8; 4] = *b"pong";
/// What ends it. There is no answer to this one.
pub(super) const OVER: [u8; 4] = *b"over";

/// More rounds tell nothing new about the median.
const MOST: u32 = 100_000;

/// A number of rounds to be timed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounds {
    number: u32,
    /// When this is over, fewer rounds will do.
    at_most: Option<Duration>,
    /// Where this side runs, if it matters.
    core: Option<usize>,
}

impl Rounds {
    /// So many rounds, no more and no less.
    pub(super) fn exactly(number: u32) -> io::Result<Self> {
        if number == 0 || number > MOST {
            let text = format!(
                "кругов: {number}, а измерить можно от 1 до {MOST}; \
                 для медианы хватает тысячи"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(Self {
            number,
            at_most: None,
            core: None,
        })
    }

    /// At most so many, and at least one, in about this time. This side runs
    /// on `core`; the other one stays where it was made.
    pub(super) fn within(
        number: u32,
        time: Duration,
        core: Option<usize>,
    ) -> Self {
        Self {
            number,
            at_most: Some(time),
            core,
        }
    }

    /// How many rounds there may be.
    pub(super) fn number(self) -> u32 {
        self.number
    }

    /// Calls `round` again and again, timing each call.
    ///
    /// The clock is read twice per round, which takes some 50 ns of it.
    pub(super) fn run(
        self,
        mechanism: &'static str,
        mut round: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Measured> {
        // All the room that is needed: growing would fall into some round.
        let mut times = Vec::with_capacity(self.number as usize);
        let _held = self.core.and_then(|core| hold(core).ok());
        let start = Instant::now();
        for _ in 0..self.number {
            let sent = Instant::now();
            round()?;
            times.push(sent.elapsed());
            if self.at_most.is_some_and(|time| start.elapsed() >= time) {
                break;
            }
        }
        let elapsed = start.elapsed();
        Ok(Measured {
            mechanism,
            // Lossless: there are at most MOST.
            #[expect(clippy::cast_possible_truncation)]
            rounds: times.len() as u32,
            round_trip: median(&mut times),
            bytes: 0,
            elapsed,
        })
    }
}

/// The middle one of the times, of which there is at least one. A mean would
/// be that of the one round in which the scheduler had something else to do.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Checks what has come back.
pub(super) fn expect_pong(answer: [u8; 4]) -> io::Result<()> {
    if answer == PONG {
        return Ok(());
    }
    let text = format!(
        "вместо «pong» пришло «{}»",
        String::from_utf8_lossy(&answer).escape_debug()
    );
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
}

/// Tells the other side whether to answer; anything but ping and over is an
/// error. Does not allocate: it is called in child processes.
pub(super) fn is_ping(message: [u8; 4]) -> io::Result<bool> {
    match message {
        PING => Ok(true),
        OVER => Ok(false),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// A message as a word of eight bytes, for what has no shorter ones.
pub(super) fn to_word(message: [u8; 4]) -> u64 {
    u32::from_ne_bytes(message).into()
}

/// The message in a word that [`to_word`] has made.
pub(super) fn from_word(word: u64) -> [u8; 4] {
    (word as u32).to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_no_mean() {
        let mut times = [7, 5000, 6].map(Duration::from_micros);
        assert_eq!(median(&mut times), Duration::from_micros(7));
        assert_eq!(median(&mut times[..1]), Duration::from_micros(6));
    }

    #[test]
    fn every_round_is_counted() -> io::Result<()> {
        let measured = Rounds::exactly(3)?.run("м", || Ok(()))?;
        assert_eq!(measured.rounds, 3);
        assert!(measured.round_trip <= measured.elapsed);
        Ok(())
    }

    #[test]
    fn time_ends_the_rounds_but_not_before_the_first() -> io::Result<()> {
        let rounds = Rounds::within(1000, Duration::ZERO, None);
        assert_eq!(rounds.run("м", || Ok(()))?.rounds, 1);
        Ok(())
    }

    #[test]
    fn wrong_answer_is_shown() {
        let error = expect_pong(*b"po\n\0").expect_err("not pong");
        assert_eq!(error.to_string(), "вместо «pong» пришло «po\\n\\0»");
    }
}
