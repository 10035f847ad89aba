//! Model checks: every order in which threads can run, not just many of them.
//!
//! loom replaces the primitives (`AtomicU64`, `Mutex`, `Condvar`, threads) and
//! runs a small program again and again, once for every schedule that can make
//! a difference. What it finds broken is broken, and what it passes is right
//! for this number of threads and steps, on every machine.
//!
//! The code that is checked is the code that runs: each module here includes
//! source files of the crate with `#[path]`. They import their primitives from
//! `super::sync`, which is std in the crate and loom here.
//!
//! `Arc` is std's in both: loom's cannot be dropped after a deadlock was found.
//!
//! The broken variants are checked as well: a check that cannot fail proves
//! nothing.

mod gil;
mod lock;
mod race;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs a model and returns how many schedules were tried; fails if one of
/// them does.
fn passes(model: impl Fn() + Sync + Send + 'static) -> usize {
    check(loom::model::Builder::new(), model)
}

/// The same for a model that is too large to try everything: all schedules in
/// which a thread is interrupted at most so often in the middle of its work.
fn passes_within(
    preemptions: usize,
    model: impl Fn() + Sync + Send + 'static,
) -> usize {
    let mut bounded = loom::model::Builder::new();
    bounded.preemption_bound = Some(preemptions);
    check(bounded, model)
}

fn check(
    builder: loom::model::Builder,
    model: impl Fn() + Sync + Send + 'static,
) -> usize {
    let tried = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tried);
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        model();
    });
    tried.load(Ordering::Relaxed)
}

/// Runs a model that must fail in one of its schedules, and returns what it
/// said.
#[track_caller]
fn fails(model: impl Fn() + Sync + Send + 'static) -> String {
    let result = panic::catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let why = result.expect_err("loom finds the broken schedule");
    why.downcast_ref::<String>()
        .cloned()
        .or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}
