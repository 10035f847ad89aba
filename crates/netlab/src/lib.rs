//! Servers, clients and observers for lessons on sockets and threads.
//!
//! The lessons are Rust notebooks. What a lesson is about (`bind`, `accept`,
//! the read loop, `spawn`) stands in its cells. This crate has the rest: what
//! must survive between two cells, what observes, and the finished servers that
//! later cells use, as a reference for reading.
//!
//! It is no library for production. Where a production server would differ, the
//! comments say so.
//!
//! # Layout
//!
//! In the order in which they are best read:
//!
//! - [`server::commands`]: finding commands in a stream of bytes, wherever the
//!   packets were cut.
//! - [`server::connection`]: serving one client, with all the ways in which a
//!   client can misbehave.
//! - [`server::iterative`]: one client after another.
//! - [`server::forking`]: a process per client, with the classic faults of such
//!   servers to be looked at.
//! - [`server::threaded`]: a thread per client. The `diff` to the files before
//!   is the lesson.
//! - [`server::tokio_tasks`]: a task per client, on a runtime of its own.
//! - [`server`]: [`bind`](server::bind) and the [`ServerHandle`] that keeps a
//!   server alive, shows it, and stops it.
//! - [`client`]: three timeouts, one for all together, and eight outcomes.
//! - [`trace`]: the log that a server keeps instead of printing.
//! - [`guard`](guard()): runs what may block for ever, and says where it does.
//! - [`process`]: child processes that cannot run away, and the tree of them.
//! - [`ipc`]: twelve ways in which processes talk to each other, a file for
//!   each, and a table that compares them.
//! - [`rendezvous`]: how two notebooks find each other without a fixed port.
//! - [`sockets`]: the sockets of this process as the system sees them, and the
//!   accept queue.
//! - [`race`]: the lost update, measured, replayed step by step, and counted
//!   over all schedules.
//! - [`gil`]: Python's global lock as a box to experiment with.
//! - [`lock`]: named locks with a deadlock detector, transfers between accounts
//!   and their cures, a semaphore, and what locks cost.
//! - [`chart`][]: bars.
//! - [`predict`]: a guess beside what really happened.
//! - [`judge`]: exercises that check themselves.
//! - [`display`]: output that changes while its cell runs.
//! - [`runtime`](runtime()) and [`block_on`]: tokio for cells.
//!
//! # Invariants
//!
//! - There is no trait over the servers and no macro that hides a call: four
//!   files side by side show what a common interface would hide.
//! - There is no module for odds and ends; each is named by its subject.
//! - Nothing prints except the methods `evcxr_display`, which the kernel calls,
//!   and the functions of [`display`], which are for that. A thread that prints
//!   in a notebook writes into the wrong cell.
//! - Nothing listens beyond the loopback interface.
//! - No call waits for ever, except those that say so.
//! - A child process never returns into the code of its parent, and none
//!   outlives the notebook, even if that is killed.
//! - What displays itself has a form as text wherever it has one as HTML.
//!
//! Statics are possible, because this crate is a dynamic library and there is
//! one copy of it in the kernel. There are these:
//!
//! - the running servers, so that `bind` can take a port over from the server
//!   that an earlier run of the same cell has left (`server/registry.rs`);
//! - the number of the next guard, which is in the name of its thread
//!   (`guard.rs`);
//! - the number of the next entry of the rendezvous, so that a cell that is run
//!   again does not remove its new entry (`rendezvous/entry.rs`);
//! - the leash as the handlers of `pthread_atfork` see it, because these get no
//!   argument (`process/leash/atfork.rs`);
//! - the number of adoptions in force, because it is the process that adopts
//!   (`process/orphans.rs`);
//! - whether this process is a forked child that may fork again
//!   (`process/fork.rs`);
//! - the wait-for graph of the named locks: a deadlock goes through several of
//!   them. With it a number for each thread that uses one, as a thread without
//!   a name must be called something (`lock/graph.rs`);
//! - the number of the next name in the system, so that two cells that run at
//!   the same time do not open each other's (`ipc/name.rs`);
//! - the number of the next output that can be updated (`display/shown.rs`);
//! - the language in which judges speak, what was passed, and which hints were
//!   given (`judge/words.rs`, `judge/progress.rs`, `judge/help.rs`).
//!
//! # Re-exports
//!
//! Cells use `netlab::tokio`, `netlab::nix`, `netlab::socket2` and
//! `netlab::parking_lot`: a second copy of tokio would not know the runtime of
//! the first.

#![warn(missing_docs)]

pub mod server;

pub mod client;

pub mod trace;

pub mod guard;

pub mod process;

pub mod ipc;

pub mod rendezvous;

pub mod sockets;

pub mod race;

pub mod gil;

pub mod lock;

pub mod chart;

pub mod predict;

pub mod judge;

pub mod runtime;

pub mod display;

mod sentence;

mod timeout;

pub use guard::guard;
pub use runtime::{block_on, runtime};
pub use server::ServerHandle;

pub use {nix, parking_lot, socket2, tokio};
