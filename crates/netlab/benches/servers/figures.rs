//! What was measured of one server, series by series.

/// The sums of one series of turns.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Series {
    /// Echoes or visits.
    pub(crate) done: f64,
    /// Seconds they took.
    pub(crate) seconds: f64,
    /// Microseconds that the server spent in its own code meanwhile.
    pub(crate) user: f64,
    /// Microseconds that it spent in the system.
    pub(crate) system: f64,
}

impl Series {
    pub(crate) fn per_second(&self) -> f64 {
        self.done / self.seconds
    }

    pub(crate) fn user_per_echo(&self) -> f64 {
        self.user / self.done
    }

    pub(crate) fn system_per_echo(&self) -> f64 {
        self.system / self.done
    }
}

/// A server and its series.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) server: &'static str,
    pub(crate) series: Vec<Series>,
}

impl Figures {
    pub(crate) fn median(&self, figure: fn(&Series) -> f64) -> f64 {
        median(self.series.iter().map(figure).collect())
    }

    /// How fast it was beside another one: the median of the series.
    ///
    /// A series is compared with the same one of the other server, which was
    /// measured in the same second; their medians may be of different minutes.
    pub(crate) fn beside(&self, other: &Self) -> f64 {
        let pairs = self.series.iter().zip(&other.series);
        median(
            pairs
                .map(|(a, b)| a.per_second() / b.per_second())
                .collect(),
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
