//! What the lock and the loops are made of. The model check puts loom's twins
//! here.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Arc, Condvar, Mutex, MutexGuard};
pub(super) use std::thread::{ThreadId, current};
