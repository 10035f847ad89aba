//! Minutes of a lecture, in quarters: nobody plans finer than that, and
//! quarters add up without a rounding error.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde_json::{Value, json};

/// So many minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Minutes {
    quarters: u64,
}

impl Minutes {
    /// So many quarters of a minute.
    pub(super) const fn of_quarters(quarters: u64) -> Self {
        Self { quarters }
    }

    /// What metadata says: a number above zero, in quarters.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let quarters = value.as_f64()? * 4.0;
        let is_whole = quarters.fract() == 0.0;
        (is_whole && (1.0..1e6).contains(&quarters))
            .then_some(Self::of_quarters(quarters as u64))
    }

    /// As metadata says it: 90, 2.5.
    pub(super) fn json(self) -> Value {
        match self.quarters % 4 {
            0 => json!(self.quarters / 4),
            _ => json!(self.quarters as f64 / 4.0),
        }
    }

    /// As a Russian text says it: 90, 2,5.
    pub(super) fn russian(self) -> String {
        self.to_string().replace('.', ",")
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.json())
    }
}

impl Add for Minutes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::of_quarters(self.quarters + other.quarters)
    }
}

impl Sum for Minutes {
    fn sum<I: Iterator<Item = Self>>(minutes: I) -> Self {
        minutes.fold(Self::default(), Self::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_of_a_minute_are_read_and_nothing_finer() {
        for good in [json!(0.75), json!(2), json!(1.5), json!(90)] {
            assert!(Minutes::read(&good).is_some(), "{good}");
        }
        for bad in [json!(0.8), json!(0), json!(-1), json!("2"), json!(null)] {
            assert!(Minutes::read(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn minutes_are_written_as_their_reader_expects() {
        let slides = [json!(0.75), json!(1.75)];
        let sum: Minutes = slides.iter().filter_map(Minutes::read).sum();
        assert_eq!(sum.to_string(), "2.5");
        assert_eq!(sum.russian(), "2,5");
        assert_eq!(sum.json(), json!(2.5));
        assert_eq!((sum + Minutes::of_quarters(2)).json(), json!(3));
    }
}
