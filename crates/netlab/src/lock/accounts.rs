//! Moving money between two accounts, each under a lock of its own.
//!
//! Both accounts must be locked at once, or the money is nowhere in between.
//! The first function below takes the locks as they come and can deadlock: two
//! threads that move money in opposite directions take one lock each and wait
//! for the other. The next three cannot; what they change is a few lines. The
//! model check compiles this very file against loom.

use super::sync::{Deadlock, Named, yield_now};

/// An account: a balance under a named lock. It may go below zero.
pub type Account = Named<i64>;

/// Broken: locks the account that is named first, then the other.
///
/// # Errors
///
/// [`Deadlock`] if another thread has taken the locks the other way round and
/// both wait; no money has moved.
///
/// # Examples
///
/// ```
/// use netlab::lock::{Named, accounts};
///
/// let (a, b) = (Named::new("счёт A", 100), Named::new("счёт B", 0));
/// accounts::transfer_in_call_order(&a, &b, 30)?;
/// assert_eq!((*a.lock()?, *b.lock()?), (70, 30));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn transfer_in_call_order(
    from: &Account,
    to: &Account,
    amount: u32,
) -> Result<(), Deadlock> {
    call_order(from, to, amount, || ())
}

/// The same, with something to do between the two locks: waiting for another
/// thread there makes the deadlock certain.
pub(super) fn call_order(
    from: &Account,
    to: &Account,
    amount: u32,
    between: impl FnOnce(),
) -> Result<(), Deadlock> {
    let mut source = from.lock()?;
    between();
    let mut target = to.lock()?;
    *source -= i64::from(amount);
    *target += i64::from(amount);
    Ok(())
}

/// Cure 1: every thread takes the locks in the same order, that of their
/// numbers, whichever way the money goes.
///
/// # Errors
///
/// [`Deadlock`] if both accounts are the same, or if the caller holds further
/// locks: then the order is not in the hands of this function.
///
/// # Examples
///
/// ```
/// use netlab::lock::{Named, accounts};
///
/// let (a, b) = (Named::new("счёт A", 100), Named::new("счёт B", 0));
/// accounts::transfer_in_fixed_order(&b, &a, 5)?;
/// assert_eq!((*a.lock()?, *b.lock()?), (105, -5));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn transfer_in_fixed_order(
    from: &Account,
    to: &Account,
    amount: u32,
) -> Result<(), Deadlock> {
    let (mut source, mut target);
    if from.number() < to.number() {
        source = from.lock()?;
        target = to.lock()?;
    } else {
        target = to.lock()?;
        source = from.lock()?;
    }
    *source -= i64::from(amount);
    *target += i64::from(amount);
    Ok(())
}

/// Cure 2: does not wait while it holds a lock. If the second lock is taken,
/// gives the first one back and begins again, at most `attempts` times.
///
/// Returns how many attempts failed before the transfer was made, or `None` if
/// it was not made.
///
/// # Errors
///
/// [`Deadlock`] if the caller holds further locks.
///
/// # Examples
///
/// ```
/// use netlab::lock::{Named, accounts};
///
/// let (a, b) = (Named::new("счёт A", 100), Named::new("счёт B", 0));
/// assert_eq!(accounts::transfer_with_try_lock(&a, &b, 30, 10)?, Some(0));
///
/// let busy = b.lock()?;
/// assert_eq!(accounts::transfer_with_try_lock(&a, &b, 30, 10)?, None);
/// # drop(busy);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn transfer_with_try_lock(
    from: &Account,
    to: &Account,
    amount: u32,
    attempts: u32,
) -> Result<Option<u32>, Deadlock> {
    try_lock(from, to, amount, attempts, || ())
}

/// The same, with something to do between the two locks of the first attempt.
pub(super) fn try_lock(
    from: &Account,
    to: &Account,
    amount: u32,
    attempts: u32,
    between: impl FnOnce(),
) -> Result<Option<u32>, Deadlock> {
    let mut between = Some(between);
    for failed in 0..attempts {
        let mut source = from.lock()?;
        if let Some(between) = between.take() {
            between();
        }
        if let Some(mut target) = to.try_lock() {
            *source -= i64::from(amount);
            *target += i64::from(amount);
            return Ok(Some(failed));
        }
        drop(source);
        // Without this both could go on giving way to each other.
        yield_now();
    }
    Ok(None)
}

/// Cure 3: one lock for all transfers. Only who holds it takes the others, so
/// their order does not matter; and no two transfers run at the same time.
///
/// # Errors
///
/// [`Deadlock`] if both accounts are the same, or if the caller holds further
/// locks.
///
/// # Examples
///
/// ```
/// use netlab::lock::{Named, accounts};
///
/// let bank = Named::new("банк", ());
/// let (a, b) = (Named::new("счёт A", 100), Named::new("счёт B", 0));
/// accounts::transfer_under_one_lock(&bank, &a, &b, 30)?;
/// assert_eq!((*a.lock()?, *b.lock()?), (70, 30));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn transfer_under_one_lock(
    bank: &Named<()>,
    from: &Account,
    to: &Account,
    amount: u32,
) -> Result<(), Deadlock> {
    let _open = bank.lock()?;
    transfer_in_call_order(from, to, amount)
}
