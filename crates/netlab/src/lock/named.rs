//! A mutex with a name.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar};

use parking_lot::{Mutex, MutexGuard};

use super::deadlock::Deadlock;
use super::graph::{Party, acquire, graph};

/// A mutex that knows its owner and those who wait, and refuses to deadlock.
///
/// It owns its value, as every mutex in Rust. The name is for people: it
/// appears in [`Deadlock`] and in [`waits`](super::waits()). So do the names of
/// the threads; give them one with [`thread::Builder`], otherwise they are
/// called by a number.
///
/// Waiting is [`futex(2)`], as with any mutex; who waits for whom is kept in
/// one table for all named locks, which costs about a microsecond per lock. A
/// panic does not poison the lock.
///
/// [`thread::Builder`]: std::thread::Builder
/// [`futex(2)`]: https://man7.org/linux/man-pages/man2/futex.2.html
///
/// # Examples
///
/// ```
/// use netlab::lock::Named;
///
/// let account = Named::new("счёт A", 100);
/// *account.lock()? += 20;
///
/// let guard = account.lock()?;
/// // A plain mutex would wait here for ever, for this very thread.
/// let deadlock = account.lock().unwrap_err();
/// println!("{deadlock}");
/// assert_eq!(*guard, 120);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Named<T> {
    value: Mutex<T>,
    registered: Registered,
}

/// A place in the graph, given back when the lock is dropped.
struct Registered {
    number: u64,
    name: Arc<str>,
    /// Notified when the lock is given back.
    free: Condvar,
}

impl Drop for Registered {
    fn drop(&mut self) {
        graph().remove(self.number);
    }
}

impl<T> Named<T> {
    /// Makes an open lock around a value.
    ///
    /// # Examples
    ///
    /// ```
    /// let account = netlab::lock::Named::new("счёт A", 100);
    /// assert_eq!(account.name(), "счёт A");
    /// ```
    pub fn new(name: impl Into<String>, value: T) -> Self {
        let name: Arc<str> = Arc::from(name.into());
        let number = graph().add(Arc::clone(&name));
        Self {
            value: Mutex::new(value),
            registered: Registered {
                number,
                name,
                free: Condvar::new(),
            },
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.registered.name
    }

    /// Returns the number of the lock: locks are numbered as they are made.
    ///
    /// Threads that take several locks in the order of their numbers cannot
    /// block each other.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::lock::Named;
    ///
    /// let (a, b) = (Named::new("счёт A", 0), Named::new("счёт B", 0));
    /// assert!(a.number() < b.number());
    /// ```
    pub fn number(&self) -> u64 {
        self.registered.number
    }

    /// Waits for the lock and takes it.
    ///
    /// It is given back when the guard is dropped. Like any mutex this waits as
    /// long as the owner keeps the lock, unless the owner waits for us.
    ///
    /// # Errors
    ///
    /// [`Deadlock`], at once, if waiting would close a circle: the owner waits,
    /// itself or through others, for a lock of this thread. The other threads
    /// of the circle still wait; they go on as soon as this one gives its locks
    /// back, which `?` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::lock::Named;
    ///
    /// let account = Named::new("счёт A", 100);
    /// *account.lock()? -= 30;
    /// assert_eq!(*account.lock()?, 70);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lock(&self) -> Result<NamedGuard<'_, T>, Deadlock> {
        acquire(self.registered.number, &self.registered.free)?;
        Ok(self.guard())
    }

    /// Takes the lock if it is free, and does not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::lock::Named;
    ///
    /// let account = Named::new("счёт A", 100);
    /// let guard = account.lock()?;
    /// assert!(account.try_lock().is_none());
    /// drop(guard);
    /// assert!(account.try_lock().is_some());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_lock(&self) -> Option<NamedGuard<'_, T>> {
        let taken = graph().take(self.registered.number, &Party::me());
        taken.then(|| self.guard())
    }

    /// The guard of a lock that this thread owns according to the graph.
    fn guard(&self) -> NamedGuard<'_, T> {
        NamedGuard {
            // Free: only the owner takes it, and gives it back before it stops
            // being the owner.
            value: self.value.lock(),
            _owned: Owned(&self.registered),
        }
    }

    /// Returns the value; nobody can hold the lock any more.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::lock::Named::new("счёт A", 100).into_inner(), 100);
    /// ```
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named")
            .field("name", &self.registered.name)
            .finish_non_exhaustive()
    }
}

/// Access to the value of a [`Named`] lock, until it is dropped.
///
/// It stays in the thread that took the lock: that thread is its owner.
#[must_use = "the lock is given back at once if the guard is not kept"]
pub struct NamedGuard<'a, T> {
    // Fields are dropped in this order: first the value is let go, then the
    // graph lets the next thread have it.
    value: MutexGuard<'a, T>,
    _owned: Owned<'a>,
}

/// The ownership of a lock in the graph.
struct Owned<'a>(&'a Registered);

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        graph().give_back(self.0.number);
        self.0.free.notify_one();
    }
}

impl<T> Deref for NamedGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for NamedGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for NamedGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
