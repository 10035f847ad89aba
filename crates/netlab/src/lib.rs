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
//! - [`server::threaded`]: a thread per client. The `diff` to the file before
//!   is the lesson.
//! - [`server::tokio_tasks`]: a task per client, on a runtime of its own.
//! - [`server`]: [`bind`](server::bind) and the [`ServerHandle`] that keeps a
//!   server alive, shows it, and stops it.
//! - [`client`]: three timeouts and seven outcomes.
//! - [`trace`]: the log that a server keeps instead of printing.
//! - [`guard`](guard()): runs what may block for ever, and says where it does.
//! - [`rendezvous`]: how two notebooks find each other without a fixed port.
//! - [`sockets`]: the sockets of this process as the system sees them, and the
//!   accept queue.
//! - [`chart`][]: bars.
//! - [`runtime`](runtime()) and [`block_on`]: tokio for cells.
//!
//! # Invariants
//!
//! - There is no trait over the servers and no macro that hides a call: three
//!   files side by side show what a common interface would hide.
//! - There is no module for odds and ends; each is named by its subject.
//! - Nothing prints except the methods `evcxr_display`, which the kernel calls.
//!   A thread that prints in a notebook writes into the wrong cell.
//! - Nothing listens beyond the loopback interface.
//! - No call waits for ever, except those that say so.
//! - What displays itself has a form as text wherever it has one as HTML.
//!
//! Statics are possible, because this crate is a dynamic library and there is
//! one copy of it in the kernel. There are three of them:
//!
//! - the running servers, so that `bind` can take a port over from the server
//!   that an earlier run of the same cell has left (`server/registry.rs`);
//! - the number of the next guard, which is in the name of its thread
//!   (`guard.rs`);
//! - the number of the next entry of the rendezvous, so that a cell that is run
//!   again does not remove its new entry (`rendezvous/entry.rs`).
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

pub mod rendezvous;

pub mod sockets;

pub mod chart;

pub mod runtime;

mod display;

mod timeout;

pub use guard::guard;
pub use runtime::{block_on, runtime};
pub use server::ServerHandle;

pub use {nix, parking_lot, socket2, tokio};
