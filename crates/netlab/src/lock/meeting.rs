//! Two threads that wait for each other at one point of the program.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A barrier for two that does not wait for ever.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    here: Mutex<u32>,
    both: Condvar,
}

impl Meeting {
    /// Waits until the other is here too, at most `limit`.
    pub(super) fn wait(&self, limit: Duration) {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        *here += 1;
        self.both.notify_all();
        // If the other does not come, this one goes on alone.
        let _ = self.both.wait_timeout_while(here, limit, |here| *here < 2);
    }
}
