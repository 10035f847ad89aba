//! A duel: two servers, one load, turn after turn.
//!
//! A turn is so short that both servers of a pair of turns find the machine in
//! the same state, whatever else runs on it; what counts is the ratio of these
//! two, and of all ratios the median. Each pair begins with the other server:
//! what a turn leaves behind, in the caches and in the clock rate of the core,
//! is there for both.
//!
//! Where the memory of a process happens to lie makes it some hundredths faster
//! or slower for as long as it lives. No number of turns helps against that, so
//! both servers and their loads are started anew, some ten times or more.

use std::io;
use std::time::{Duration, Instant};

use crate::figures::{Figures, Turn};
use crate::line::Line;
use crate::served;

/// How long the servers take turns before they are started anew; as long as it
/// took to start them, if that is more.
const ROUND: Duration = Duration::from_millis(500);

/// How long a turn is, in milliseconds; with many clients it is longer, since
/// each is answered at least twice.
const TURN: &str = "20";

/// What the clients do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Load {
    /// So many clients stay and send all the time.
    Echoes(usize),
    /// So many clients come for one echo and leave, all the time.
    Visits(usize),
}

pub(crate) struct Duel<'a> {
    pub(crate) servers: [&'a str; 2],
    pub(crate) load: Load,
}

/// A server and the load on it, each a process.
struct Duellist {
    // Dropped first: the clients go before their server.
    load: Line,
    server: Line,
}

impl Duel<'_> {
    /// Lets the servers take turns, for at least so long.
    pub(crate) fn fight(&self, time: Duration) -> io::Result<Figures> {
        let begin = Instant::now();
        let mut figures = Figures::default();
        while begin.elapsed() < time {
            // Nobody is always the first, neither to be started nor to play.
            self.round([0, 1], &mut figures)?;
            self.round([1, 0], &mut figures)?;
        }
        Ok(figures)
    }

    fn round(
        &self,
        mut order: [usize; 2],
        figures: &mut Figures,
    ) -> io::Result<()> {
        let start = Instant::now();
        let mut duellists = [None, None];
        for server in order {
            let name = self.servers[server];
            let duellist =
                duellists[server].insert(Duellist::start(name, self.load)?);
            // What happens only once, at the first packet, is not measured.
            duellist.turn()?;
        }
        let begin = Instant::now();
        let time = ROUND.max(begin - start);
        while begin.elapsed() < time {
            let mut pair = [Turn::default(); 2];
            for server in order {
                if let Some(duellist) = &mut duellists[server] {
                    pair[server] = duellist.turn()?;
                }
            }
            figures.pairs.push(pair);
            order.reverse();
        }
        Ok(())
    }
}

impl Duellist {
    fn start(server: &str, load: Load) -> io::Result<Self> {
        let (server, addr) = served::start(server)?;
        let (role, count) = match load {
            Load::Echoes(count) => ("echoes", count),
            Load::Visits(count) => ("visits", count),
        };
        let mut load = Line::to_ourselves(&[role, &addr, &count.to_string()])?;
        load.hear()?;
        Ok(Self { load, server })
    }

    fn turn(&mut self) -> io::Result<Turn> {
        let before = self.server.ask("time")?;
        let (done, seconds) = self.load.ask(TURN)?;
        let after = self.server.ask("time")?;
        Ok(Turn {
            done,
            seconds,
            user: after.0 - before.0,
            system: after.1 - before.1,
        })
    }
}
