//! Twelve ways in which processes talk to each other, side by side.
//!
//! One file per mechanism, all of the same structure: what it is, who may talk,
//! what is copied, what it leaves behind; `ping_pong`, which sends four bytes
//! there and gets four back, and `stream`, which sends many one way. The `diff`
//! between two files is the lesson.
//!
//! In the order in which they are best read, each as the answer to the one
//! before:
//!
//! - [`mod@file`]: a file with a lock; everybody has it, and it wakes nobody.
//! - [`pipe`] wakes the reader, [`fifo`] has a name, [`unix`] goes both ways,
//!   [`tcp`] reaches other machines.
//! - [`semaphore`] and [`signal`] carry nothing but the event.
//! - [`shared_memory`] and [`mmap`] copy nothing and wake nobody.
//! - [`messages`] share nothing, [`queue`] keeps whole messages, [`mailbox`]
//!   has room for one.
//! - [`compare`] measures them all.
//!
//! The other side is a child process ([`crate::process::in_child`]); only
//! `messages` and `mailbox`, which are means of one process, have a thread
//! there.
//!
//! # What keeps it from hanging
//!
//! Every child has an alarm of ten seconds and dies with this process. This
//! side never waits for longer either, and it notices at once when the child
//! dies (`partner.rs`). Whatever goes wrong in the middle, the child is killed
//! and reaped when this side leaves.
//!
//! # What the figures are
//!
//! The median of the rounds, and bytes that the other side has confirmed. Where
//! the scheduler has put the two sides matters more than what lies between
//! them: a round that takes 6 microseconds on one core takes 40 when each side
//! must wake the core of the other. `ping_pong` takes it as it comes, and so
//! jumps between the two; [`compare`] measures both.
//!
//! # What is left behind
//!
//! Nothing. What needs a name (a file, a FIFO, a path of a socket, a shared
//! memory, a queue) has it for the few microseconds between two calls: the one
//! that opens it and the one that removes it. Everything else belongs to
//! descriptors and mappings, and the system takes them back from a process,
//! however it ends.

use std::time::Duration;

pub mod file;

pub mod pipe;

pub mod fifo;

pub mod unix;

pub mod tcp;

pub mod semaphore;

pub mod signal;

pub mod shared_memory;

pub mod mmap;

pub mod messages;

pub mod queue;

pub mod mailbox;

mod comparison;

mod mechanism;

mod measured;

mod byte_stream;

mod shared_words;

mod rounds;

mod volume;

mod partner;

mod cores;

mod name;

mod refusal;

pub use comparison::{Comparison, Row, compare};
pub use measured::Measured;
pub use mechanism::{MECHANISMS, Mechanism};

use mechanism::carries_no_bytes;

/// How long anything here may take, and how long a child may live.
const LIMIT: Duration = Duration::from_secs(10);
