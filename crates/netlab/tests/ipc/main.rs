//! Twelve mechanisms: what they answer, what they refuse, what they leave.
//!
//! In a binary of its own, because it forks; one test at a time, because each
//! looks at the descriptors and the children of the whole process.

mod bounds;
mod comparing;
mod exchange;
mod leftovers;
mod memory;
mod processes;
mod refused;
mod roles;
mod work;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// When it is over the test has failed. Longer than the ten seconds that a
/// mechanism allows itself, and nothing waits for it when all is well.
const WATCHDOG: Duration = Duration::from_secs(30);

/// Lets one test at a time into the process.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    // A failed test is no reason for the others to fail as well.
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
