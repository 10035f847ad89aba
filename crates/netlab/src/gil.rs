//! Python's global interpreter lock, as a box to experiment with.
//!
//! Rust has no such lock. To see what one does, [`Gil`] is a mutex that is
//! handed over every N operations, and [`count()`] lets threads run the loop of
//! the lecture under it the way several versions of Python do:
//!
//! - up to 3.9 the lock may change hands between any two instructions, also
//!   between the load and the store of `num += 1`: updates are lost;
//! - from 3.10 only where a pass of the loop ends (and at calls): the same
//!   program gives the right result, though nothing promises it;
//! - the free-threaded build (3.13t) has no such lock: threads run at the same
//!   time, and updates are lost again.
//!
//! [`speed_up()`] measures what the lock costs: threads that compute do not get
//! faster under it. [`python()`] runs the real thing, where there is one.
//!
//! What is simplified: the real lock is handed over after a time (5 ms, see
//! `sys.setswitchinterval`), this one after a number of operations, in turn.
//! So its results do not depend on the machine. The lock itself and the loops
//! are checked with loom, like those of [`race`](crate::race).

mod handover;
mod interpreter;
mod sync;

mod count;
mod speed_up;

mod experiment;
mod python;
mod run;

pub use count::{Counted, Python, count};
pub use handover::{Gil, Holder};
pub use python::{python, python_at};
pub use run::PythonRun;
pub use speed_up::{SpeedUp, speed_up};
