//! What was measured of two servers, turn by turn.

/// One turn of a server.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Turn {
    /// Echoes or visits.
    pub(crate) done: f64,
    /// Seconds they took.
    pub(crate) seconds: f64,
    /// Microseconds that the server spent in its own code meanwhile.
    pub(crate) user: f64,
    /// Microseconds that it spent in the system.
    pub(crate) system: f64,
}

impl Turn {
    fn per_second(&self) -> f64 {
        self.done / self.seconds
    }
}

/// The turns of a duel, in pairs that were measured back to back.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) pairs: Vec<[Turn; 2]>,
}

impl Figures {
    /// How fast the second server was beside the first: the median of the
    /// pairs' ratios.
    pub(crate) fn ratio(&self) -> f64 {
        median(self.pairs.iter().map(ratio).collect())
    }

    /// The median rate of a server.
    pub(crate) fn per_second(&self, server: usize) -> f64 {
        let turns = self.pairs.iter().map(|pair| pair[server]);
        median(turns.map(|turn| turn.per_second()).collect())
    }

    /// Microseconds of a server for one echo: in its own code, in the system.
    /// The system counts them too coarsely to say anything of a single turn.
    pub(crate) fn time_per_echo(&self, server: usize) -> (f64, f64) {
        let sum = |figure: fn(&Turn) -> f64| -> f64 {
            self.pairs.iter().map(|pair| figure(&pair[server])).sum()
        };
        let done = sum(|turn| turn.done);
        (sum(|turn| turn.user) / done, sum(|turn| turn.system) / done)
    }
}

fn ratio([first, second]: &[Turn; 2]) -> f64 {
    second.per_second() / first.per_second()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
