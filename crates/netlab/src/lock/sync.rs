//! What `accounts.rs` and `semaphore.rs` are made of. The model check puts
//! loom's twins here.

pub(super) use std::sync::{Condvar, Mutex};
pub(super) use std::thread::yield_now;

pub(super) use super::deadlock::Deadlock;
pub(super) use super::named::Named;
