//! All mechanisms in one table, measured on the spot.

mod table;

use std::io;
use std::time::{Duration, Instant};

use super::cores::{allowed, hold};
use super::measured::Measured;
use super::mechanism::{MECHANISMS, Mechanism};
use super::rounds::Rounds;
use super::volume::Volume;

/// How long all the measurements may take; making the processes takes some
/// tenths of a second more.
const TIME: Duration = Duration::from_millis(2500);

/// The share of one measurement in that: twelve mechanisms, each on one core
/// and on two, and ten of them with a stream.
const SHARE: Duration = Duration::from_millis(75);

/// At most so many rounds: then the median does not change any more.
const ROUNDS: u32 = 5000;

/// At most so many bytes. Only what copies nothing gets there in its time.
const BYTES: usize = 1 << 30;

/// One mechanism in the table.
#[derive(Debug)]
pub struct Row {
    /// Which one.
    pub mechanism: Mechanism,
    /// Its rounds with both sides on one core; `None` if they could not be
    /// held there.
    pub one_core: Option<io::Result<Measured>>,
    /// Its rounds with each side on a core of its own; `None` if there is only
    /// one. Where the system lets nobody choose, these are the only rounds.
    pub two_cores: Option<io::Result<Measured>>,
    /// Its bytes, on two cores if there are; `None` if it carries none.
    pub stream: Option<io::Result<Measured>>,
}

/// The table that [`compare`] makes, the fastest mechanism first.
///
/// # Examples
///
/// ```no_run
/// let comparison = netlab::ipc::compare();
/// let fastest = &comparison.rows[0];
/// println!("быстрее всех: {}", fastest.mechanism.name);
/// println!("{comparison}");
/// ```
#[derive(Debug)]
pub struct Comparison {
    /// The mechanisms by their round trip, the better of the two; those that
    /// were refused come last.
    pub rows: Vec<Row>,
    /// How long all of it took.
    pub elapsed: Duration,
    /// Where the two sides were held.
    places: Places,
}

/// Which cores the two sides run on.
#[derive(Debug, Clone, Copy)]
enum Places {
    /// Wherever the system puts them: it does not let us choose.
    Anywhere,
    /// There is one core.
    One(usize),
    /// Here on the first, there on the second.
    Two(usize, usize),
}

/// Measures every mechanism, which takes about three seconds.
///
/// For each of them: rounds of ping-pong for some 70 ms (at most 5000), with
/// both sides on one core, and again with each on its own; the median is shown.
/// Then a stream of pieces of 64 KiB for another 70 ms, until the other side
/// has confirmed how much has arrived: fast mechanisms send more than slow
/// ones, and what is compared is the speed.
///
/// Cores are held by [`sched_setaffinity(2)`], of the calling thread, which is
/// let go at the end. Without it the figures would tell where the scheduler has
/// put the two sides rather than what lies between them.
///
/// The figures are those of this moment: on a busy machine all of them grow. A
/// mechanism that the system refuses is a row that says so.
///
/// [`sched_setaffinity(2)`]: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
///
/// # Examples
///
/// ```no_run
/// println!("{}", netlab::ipc::compare());
/// ```
pub fn compare() -> Comparison {
    let start = Instant::now();
    let places = Places::find();
    let mut left = MECHANISMS.len() as u32;
    let mut rows: Vec<Row> = Vec::new();
    for mechanism in MECHANISMS {
        // A busy machine takes longer than the share; those that come later
        // have less then, but not nothing.
        let time = TIME.saturating_sub(start.elapsed()) / (3 * left);
        rows.push(Row::measure(mechanism, places, time.min(SHARE)));
        left -= 1;
    }
    rows.sort_by_key(Row::round_trip);
    Comparison {
        rows,
        elapsed: start.elapsed(),
        places,
    }
}

impl Places {
    fn find() -> Self {
        match allowed()[..] {
            [] => Self::Anywhere,
            [first, ..] if hold(first).is_err() => Self::Anywhere,
            [first] => Self::One(first),
            [first, second, ..] => Self::Two(first, second),
        }
    }
}

impl Row {
    fn measure(mechanism: Mechanism, places: Places, time: Duration) -> Self {
        // The child is made on the core on which this thread is held at that
        // moment, and stays there; then this side goes to its own.
        let rounds = |here, there: Option<usize>| {
            let _held = there.and_then(|core| hold(core).ok());
            (mechanism.exchange)(Rounds::within(ROUNDS, time, here))
        };
        let bytes = |here, there: Option<usize>| {
            let _held = there.and_then(|core| hold(core).ok());
            let volume = Volume::within(BYTES, time, here);
            mechanism.transfer.map(|transfer| transfer(volume))
        };
        let (one_core, two_cores, stream) = match places {
            Places::Anywhere => {
                (None, Some(rounds(None, None)), bytes(None, None))
            }
            Places::One(core) => {
                let core = Some(core);
                (Some(rounds(core, core)), None, bytes(core, core))
            }
            Places::Two(here, there) => {
                let (here, there) = (Some(here), Some(there));
                (
                    Some(rounds(here, here)),
                    Some(rounds(here, there)),
                    bytes(here, there),
                )
            }
        };
        Self {
            mechanism,
            one_core,
            two_cores,
            stream,
        }
    }

    /// The better of the two figures, by which the rows are sorted; the
    /// longest possible time if there is none.
    fn round_trip(&self) -> Duration {
        [&self.one_core, &self.two_cores]
            .into_iter()
            .filter_map(|rounds| rounds.as_ref()?.as_ref().ok())
            .map(|measured| measured.round_trip)
            .min()
            .unwrap_or(Duration::MAX)
    }
}
