//! The child: the process that runs the cells.
//!
//! `evcxr` starts this executable once more and tells it which shared objects
//! to load. `evcxr::runtime_hook()` would do for that; this child does more:
//!
//! - what a cell prints, on whichever thread, goes to the front end at once,
//!   through a channel that nothing in the output can disturb ([`output`],
//!   [`relay`], [`splitter`]);
//! - an interrupt cancels the blocking calls of the cell instead of killing
//!   the process, so the variables of all cells stay ([`interrupt`]); what goes
//!   on all the same is looked at ([`activity`]);
//! - panics, failed `?`, failed allocations and fatal signals are reported as
//!   what they are ([`hooks`], [`allocation`], [`crash`]), with the call of the C library that an error came
//!   from ([`failed_call`]) and who has an address that is in use ([`bind`],
//!   [`taken`]);
//! - reading from the standard input asks the user ([`input`]).
//!
//! The means is interposition: the functions of the C library defined in
//! [`calls`], [`bind`], [`join`], [`threads`], [`replaced`] and [`end`] come
//! before those of `libc.so` in every cell, because the executable comes first
//! when symbols are looked up. They only pass the call on in the front end, in
//! threads that no cell started and in processes that a cell forks.
//! `NETLAB_INTERPOSE=0` switches them off.

mod activity;
mod allocation;
mod backtrace;
mod bind;
mod calls;
mod crash;
mod descriptors;
mod end;
mod failed_call;
mod flush;
mod hooks;
mod input;
mod interrupt;
mod join;
mod joined;
mod limits;
mod listener;
mod load;
mod output;
mod print;
mod quiet;
mod real;
mod relay;
mod replaced;
mod report;
mod run;
mod splitter;
mod start;
mod state;
mod taken;
mod threads;

pub(crate) use start::run_if_asked;

/// A cell for the front end to run first, unseen. Three parts:
///
/// - Every `Debug` type gets the method that `evcxr` looks for to display a
///   value. Without it an expression is compiled twice: `evcxr` tries
///   `evcxr_display`, and falls back to `{:?}` when that does not exist. A
///   type's own `evcxr_display` wins over a trait's.
/// - The type and the parts of an error that `?` hands out of a cell are told
///   to this process.
/// - What has to be done inside the standard library of the cells is done.
pub(crate) const FIRST_CELL: &str = concat!(
    include_str!("child/cells/display.rs"),
    include_str!("child/cells/errors.rs"),
    include_str!("child/cells/prelude.rs"),
    include_str!("child/cells/hooks.rs"),
);
