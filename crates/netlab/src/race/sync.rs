//! What `lost_update.rs` counts with. The model check puts loom's twins here.

pub(super) use std::sync::Mutex;
pub(super) use std::sync::atomic::{AtomicU64, Ordering};
