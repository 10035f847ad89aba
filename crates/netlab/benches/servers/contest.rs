//! A contest: servers of one model, one load, turn after turn.

use std::io::{self, ErrorKind};

use crate::figures::{Figures, Series};
use crate::line::Line;
use crate::served;

/// Series, of which the median counts.
const SERIES: usize = 5;

/// Turns of each server in a series. Python, which is there for comparison, has
/// one: its four thousand threads need seconds for it.
const TURNS: usize = 6;

/// How long a turn is, in milliseconds.
const TURN: &str = "100";

/// What the clients do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Load {
    /// So many clients stay and send all the time.
    Echoes(usize),
    /// So many clients come for one echo and leave, all the time.
    Visits(usize),
}

pub(crate) struct Contest {
    pub(crate) model: &'static str,
    pub(crate) load: Load,
    /// The bare one first.
    servers: &'static [&'static str],
}

/// All contests, in the order of the table, with at most `most` clients.
pub(crate) fn all(most: usize) -> Vec<Contest> {
    let crowds = || [1, 64, 512, 4096].map(|count: usize| count.min(most));
    let mut contests = Vec::new();
    let mut add = |model, load, servers| {
        contests.push(Contest {
            model,
            load,
            servers,
        });
    };
    add(
        "iterative",
        Load::Echoes(1),
        &["bare iterative", "netlab iterative"],
    );
    for count in crowds() {
        add(
            "threaded",
            Load::Echoes(count),
            &["bare threaded", "netlab threaded", "python threaded"],
        );
    }
    for count in crowds() {
        add(
            "tokio",
            Load::Echoes(count),
            &["bare tokio", "netlab tokio"],
        );
    }
    add(
        "forking",
        Load::Visits(4),
        &["bare forking", "netlab forking"],
    );
    contests
}

struct Contestant {
    server: Line,
    load: Line,
    figures: Figures,
}

impl Contest {
    /// Lets the servers take turns; returns what was measured of each.
    pub(crate) fn run(&self) -> io::Result<Vec<Figures>> {
        let mut contestants = Vec::new();
        for &name in self.servers {
            match self.contestant(name) {
                Ok(contestant) => contestants.push(contestant),
                // Python is for comparison, and not everybody has it.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        // What happens only once, at the first packet, is not measured.
        for contestant in &mut contestants {
            contestant.turn()?;
            contestant.figures.series.clear();
        }
        for series in 0..SERIES {
            for contestant in &mut contestants {
                contestant.figures.series.push(Series::default());
            }
            for turn in 0..TURNS {
                // Nobody is always the first.
                contestants.rotate_left((series + turn) % 2);
                for contestant in &mut contestants {
                    if turn == 0 || contestant.figures.server != served::PYTHON
                    {
                        contestant.turn()?;
                    }
                }
            }
        }
        let mut figures: Vec<Figures> =
            contestants.into_iter().map(|c| c.figures).collect();
        figures
            .sort_by_key(|f| self.servers.iter().position(|s| *s == f.server));
        Ok(figures)
    }

    fn contestant(&self, name: &'static str) -> io::Result<Contestant> {
        let (server, addr) = served::start(name)?;
        let (role, count) = match self.load {
            Load::Echoes(count) => ("echoes", count),
            Load::Visits(count) => ("visits", count),
        };
        let mut load = Line::to_ourselves(&[role, &addr, &count.to_string()])?;
        load.hear()?;
        let figures = Figures {
            server: name,
            series: vec![Series::default()],
        };
        Ok(Contestant {
            server,
            load,
            figures,
        })
    }
}

impl Contestant {
    fn turn(&mut self) -> io::Result<()> {
        let before = self.server.ask("time")?;
        let (done, seconds) = self.load.ask(TURN)?;
        let after = self.server.ask("time")?;
        if let Some(series) = self.figures.series.last_mut() {
            series.done += done;
            series.seconds += seconds;
            series.user += after.0 - before.0;
            series.system += after.1 - before.1;
        }
        Ok(())
    }
}
