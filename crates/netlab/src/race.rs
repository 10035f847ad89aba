//! The lost update: measured, replayed step by step, and counted.
//!
//! `num += 1` is three actions: load the number into a register, add one, store
//! the register. If another thread stores in between, its update is lost. Three
//! views of the same thing:
//!
//! - [`meter()`] runs it with real threads and shows what came out;
//! - [`replay()`] runs one given order of steps, the same every time;
//! - [`schedules()`] tries every order there is.
//!
//! A safe program in Rust has no data race: two threads that write the same
//! plain variable do not compile, and `static mut` with `unsafe` is undefined
//! behaviour. What is left is the race *condition*. The counter here is an
//! [`AtomicU64`] which is loaded and stored with [`Relaxed`]: each access is
//! whole, the pair of them is not. It loses the same updates as the broken
//! program, but the compiler has to leave it as it is written.
//!
//! The loops that are measured are in `race/lost_update.rs`, and the tests
//! check that very file with [loom], which tries every order of the accesses.
//!
//! [`AtomicU64`]: std::sync::atomic::AtomicU64
//! [`Relaxed`]: std::sync::atomic::Ordering::Relaxed
//! [loom]: https://docs.rs/loom

pub(crate) mod lost_update;
mod sync;

mod histogram;
mod meter;
mod verdict;

mod machine;
mod replay;
mod schedules;
mod step;
mod story;

pub(crate) mod start;

pub use machine::Operation;
pub use meter::{Counter, Meter, meter};
pub use replay::{Lost, Replay, Step, replay};
pub use schedules::{Outcome, Schedules, schedules};
