//! The end of the total time, and what it leaves of the other timeouts.

use std::time::{Duration, Instant};

use super::Outcome;

/// When the total time of a question is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    /// `None` means never.
    at: Option<Instant>,
}

/// How long one call may wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) limit: Duration,
    /// What it means if the call has waited so long.
    pub(super) runs_out: Outcome,
}

impl Deadline {
    /// The total time begins now.
    pub(super) fn after(total: Option<Duration>) -> Self {
        // A time beyond the end of the clock is no limit.
        let at = total.and_then(|total| Instant::now().checked_add(total));
        Self { at }
    }

    /// What is granted to a call with a timeout of its own: that, or what is
    /// left of the total time. The error says that nothing is left.
    pub(super) fn grant(
        self,
        timeout: Duration,
        runs_out: Outcome,
    ) -> Result<Wait, Outcome> {
        let own = Wait {
            limit: timeout,
            runs_out,
        };
        let Some(at) = self.at else { return Ok(own) };
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(Outcome::TotalTimeout)
        } else if left < timeout {
            // Decided before the call: the system may end it a few
            // milliseconds early, and the clock would not tell which it was.
            Ok(Wait {
                limit: left,
                runs_out: Outcome::TotalTimeout,
            })
        } else {
            Ok(own)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_of_the_two_is_granted_and_names_itself() {
        let (short, long) = (Duration::from_millis(50), Duration::from_secs(9));
        let total = Deadline::after(Some(long));
        let wait = total.grant(short, Outcome::ReadTimeout).expect("time");
        assert_eq!(wait.runs_out, Outcome::ReadTimeout);
        assert_eq!(wait.limit, short);

        let wait = total.grant(2 * long, Outcome::ReadTimeout).expect("time");
        assert_eq!(wait.runs_out, Outcome::TotalTimeout);
        assert!(wait.limit <= long);
    }

    #[test]
    fn nothing_is_granted_when_the_total_time_is_over() {
        let over = Deadline::after(Some(Duration::ZERO));
        let wait = over.grant(Duration::MAX, Outcome::ReadTimeout);
        assert_eq!(wait, Err(Outcome::TotalTimeout));
    }

    #[test]
    fn no_total_time_and_an_endless_one_are_no_limit() {
        for total in [None, Some(Duration::MAX)] {
            let wait = Deadline::after(total)
                .grant(Duration::MAX, Outcome::ReadTimeout)
                .expect("time");
            assert_eq!(wait.limit, Duration::MAX);
        }
    }
}
