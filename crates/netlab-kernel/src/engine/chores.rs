//! What the engine does when nobody asks for anything.
//!
//! Each chore keeps a cell that comes meanwhile waiting, so it begins only
//! after a pause in which none has come: whoever runs the first cells at once
//! must not wait for what these cells do not need.

use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use super::{Command, Engine};
use crate::spare;

/// How long nothing must have been asked before the analyst is started.
const BEFORE_ANALYST: Duration = Duration::from_secs(1);

/// The same before a spare kernel is started, which takes a processor for
/// seconds.
const BEFORE_SPARE: Duration = Duration::from_secs(3);

/// What is still to be done.
#[derive(Default)]
pub(super) struct Chores {
    /// It was started.
    analyst: bool,
    /// There is a spare kernel, or none is wanted.
    replaced: bool,
}

impl Chores {
    /// A spare kernel is not to start further ones before it is used itself.
    pub(super) fn of_a_spare() -> Self {
        Self {
            analyst: false,
            replaced: true,
        }
    }

    /// It is used now: another one takes its place.
    pub(super) fn adopted(&mut self) {
        self.replaced = false;
    }
}

impl Engine {
    /// Waits for the next command and does the chores in the pauses; None
    /// when there will be no further command.
    pub(super) fn next(&mut self) -> Option<Command> {
        loop {
            let pause = match self.chores {
                Chores { analyst: false, .. } => BEFORE_ANALYST,
                Chores {
                    replaced: false, ..
                } => BEFORE_SPARE,
                _ => return self.commands.recv().ok(),
            };
            match self.commands.recv_timeout(pause) {
                Ok(command) => return Some(command),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if !self.chores.analyst => {
                    self.chores.analyst = true;
                    self.kernel.analyst.start();
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.chores.replaced = true;
                    spare::start_another(self.kernel.lab.get().copied());
                }
            }
        }
    }
}
