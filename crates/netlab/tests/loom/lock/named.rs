//! `netlab::lock::Named` without its detector: a deadlock is for loom to find.

use std::convert::Infallible;

use loom::sync::{Mutex, MutexGuard};

/// Never made here: nobody looks for circles.
pub(super) type Deadlock = Infallible;

#[derive(Debug)]
pub(super) struct Named<T> {
    number: u64,
    value: Mutex<T>,
}

impl<T> Named<T> {
    pub(super) fn new(number: u64, value: T) -> Self {
        Self {
            number,
            value: Mutex::new(value),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn lock(&self) -> Result<MutexGuard<'_, T>, Deadlock> {
        Ok(self.value.lock().expect("not poisoned"))
    }

    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.value.try_lock().ok()
    }
}
