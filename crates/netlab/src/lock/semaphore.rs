//! A lock for several at a time.
//!
//! The model check compiles this very file against loom.

use std::sync::PoisonError;

use super::sync::{Condvar, Mutex};

/// A semaphore: so many threads may pass, the others wait.
///
/// The standard library has none; it is a counter under a mutex and a condition
/// variable. For two processes see `sem_overview(7)` and [`eventfd(2)`].
///
/// [`eventfd(2)`]: https://man7.org/linux/man-pages/man2/eventfd.2.html
///
/// # Examples
///
/// ```
/// use netlab::lock::Semaphore;
///
/// let seats = Semaphore::new(2);
/// let (first, second) = (seats.acquire(), seats.acquire());
/// assert!(seats.try_acquire().is_none());
/// drop(first);
/// assert_eq!(seats.available(), 1);
/// # drop(second);
/// ```
#[derive(Debug)]
pub struct Semaphore {
    permits: Mutex<usize>,
    returned: Condvar,
}

impl Semaphore {
    /// Makes a semaphore with so many permits.
    ///
    /// With none it is closed for ever: permits come back only from those who
    /// had one.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::lock::Semaphore::new(3).available(), 3);
    /// ```
    pub fn new(permits: usize) -> Self {
        Self {
            permits: Mutex::new(permits),
            returned: Condvar::new(),
        }
    }

    /// Waits for a permit and takes it; it comes back when it is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// let seats = netlab::lock::Semaphore::new(1);
    /// drop(seats.acquire());
    /// assert_eq!(seats.available(), 1);
    /// ```
    pub fn acquire(&self) -> Permit<'_> {
        let mut permits =
            self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        // A loop and not an `if`: between the notification and the waking
        // another thread may have taken the permit.
        while *permits == 0 {
            permits = self
                .returned
                .wait(permits)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *permits -= 1;
        Permit { semaphore: self }
    }

    /// Takes a permit if there is one, and does not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::lock::Semaphore::new(0).try_acquire().is_none());
    /// ```
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        let mut permits =
            self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        *permits = permits.checked_sub(1)?;
        Some(Permit { semaphore: self })
    }

    /// Returns how many permits are there at this moment.
    pub fn available(&self) -> usize {
        *self.permits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is taken, until this is dropped.
#[derive(Debug)]
#[must_use = "the permit is given back at once if it is not kept"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let permits = self.semaphore.permits.lock();
        *permits.unwrap_or_else(PoisonError::into_inner) += 1;
        self.semaphore.returned.notify_one();
    }
}
