//! Judges: exercises that check themselves.
//!
//! A judge takes the function that a student has written, runs it in a process
//! of its own against cases that are as hostile as the network is, and answers
//! with a [`Verdict`]: passed or not, case by case; of the first case that was
//! not passed, what was said over the connection, the most probable mistake,
//! and the next step.
//!
//! - Lesson 01: [`write_all`], [`shout`], [`letters`], [`ask`], [`frames`],
//!   [`exchange`], [`read_all`], [`fate`].
//!
//! [`hint`] gives one hint more at each call, [`solution`] the solution and why
//! it is right. Verdicts are in Russian; [`language`] changes that.
//!
//! # What a judge promises
//!
//! - A solution that hangs, panics, exits, loops for ever or closes what is not
//!   its own gets a verdict in time and takes nothing with it: it runs in a
//!   child process with a leash, limits and a deadline.
//! - No thread, port, process or file is left behind.
//! - No case waits by sleeping: what must have happened before is looked at
//!   (`/proc/net/tcp` says whether a byte has been read).

mod case;
mod exercise;
mod failure;
mod general;
mod help;
mod mistake;
mod peer;
mod progress;
mod report;
mod returns;
mod sandbox;
mod signs;
mod sockets;
mod transcript;
mod trial;
mod verdict;
mod watch;
mod words;

pub use help::{Help, hint, solution};
pub use returns::Returns;
pub use sockets::{
    ask, exchange, fate, frames, letters, read_all, shout, write_all,
};

pub use verdict::Verdict;
pub use words::language;
