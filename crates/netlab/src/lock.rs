//! Locks, what they cost, and how they block each other.
//!
//! - [`Named`]: a mutex with a name that knows who owns it and who waits, and
//!   that returns [`Deadlock`] where a plain mutex would wait for ever;
//! - [`waits()`]: all of them in a table;
//! - [`accounts`]: money moves between two accounts that have a lock each, in
//!   four ways. The first one deadlocks, the difference is a few lines;
//! - [`duel()`]: two threads move money in opposite directions;
//! - [`Semaphore`]: a lock for N at a time, of a mutex and a condition variable;
//! - [`cost()`]: a lock per increment against a lock per thread.
//!
//! `std::sync::Mutex` and `parking_lot::ReentrantMutex` are not wrapped: cells
//! use them as they are.

mod graph;
mod named;
mod sync;

mod deadlock;
mod waits;

pub mod accounts;
mod duel;
mod meeting;
mod outcome;

mod semaphore;

mod cost;

pub use cost::{Cost, cost};
pub use deadlock::{Deadlock, Wait};
pub use duel::{Duel, Strategy, duel};
pub use named::{Named, NamedGuard};
pub use semaphore::{Permit, Semaphore};
pub use waits::{Waits, waits};
