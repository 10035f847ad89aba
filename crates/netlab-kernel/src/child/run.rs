//! The child's loop: `evcxr` names a shared object and a function, the child
//! runs it and says that it ran.
//!
//! The protocol is that of `evcxr` 0.22 (`runtime.rs`, `child_process.rs`): a
//! line `LOAD_AND_RUN path function` comes in, and out go the lines that
//! concern the variables, then `EVCXR_EXECUTION_COMPLETE`.

// Files made of raw descriptors, and the process id.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::FromRawFd;
use std::ptr::null_mut;

use super::descriptors::{self, Descriptors};
use super::output::{self, Outcome};
use super::{
    end, flush, hooks, interrupt, joined, listener, load, relay, report, state,
    threads,
};
use crate::channel::FromChild;

/// The status with which `evcxr`'s own child gives up, too.
const GIVEN_UP: i32 = 99;

/// Runs cells until `evcxr` closes its end.
pub(super) fn cells(own: &'static Descriptors) -> ! {
    // SAFETY: the descriptors were made for this and nobody closes them.
    let (commands, mut replies) = unsafe {
        (
            File::from_raw_fd(own.commands),
            File::from_raw_fd(own.replies),
        )
    };
    let process = std::process::id();
    let mut variables = null_mut();
    for line in BufReader::new(commands).lines() {
        let ran = line
            .map_err(|error| format!("can't hear evcxr: {error}"))
            .and_then(|line| run(&line, &mut variables, own, process))
            .and_then(|outcome| {
                replies
                    .write_all(&reply(&outcome))
                    .map_err(|error| format!("can't answer evcxr: {error}"))
            });
        if let Err(text) = ran {
            report::message(&FromChild::Failed { text });
            end::quietly(GIVEN_UP);
        }
    }
    end::with_all_children()
}

fn run(
    line: &str,
    variables: &mut *mut c_void,
    own: &Descriptors,
    process: u32,
) -> Result<Outcome, String> {
    let mut words = line.split(' ');
    let (Some("LOAD_AND_RUN"), Some(path), Some(name)) =
        (words.next(), words.next(), words.next())
    else {
        return Err(format!("evcxr said something unknown: {line}"));
    };
    let run = load::object(path)?.function(name)?;
    // What the front end said before it gave the code to evcxr comes first.
    listener::take_all();
    let cell = state::current();
    threads::add_self(cell);
    hooks::enter_run();
    joined::forget();
    interrupt::unblock();
    interrupt::succeeded();
    // Before the front end knows: from then on it may interrupt.
    state::enter_run();
    report::message(&FromChild::CellStarted { cell });
    flush::run_begins();

    *variables = run(*variables);

    if std::process::id() != process {
        // A process that the cell forked has come out of it. Its parent runs
        // the next cell; this one has done its work.
        hooks::flush_stdout();
        end::quietly(0);
    }
    let interrupted = state::is_interrupted();
    state::leave_run();
    flush::now();
    descriptors::restore();
    relay::finish(own);
    let outcome = output::end_run();
    report::message(&FromChild::CellEnded {
        cell,
        panicked: outcome.panicked,
        user_error: outcome.user_error,
        interrupted,
    });
    Ok(outcome)
}

fn reply(outcome: &Outcome) -> Vec<u8> {
    let mut lines = outcome.changed_types.concat();
    if outcome.user_error {
        lines.extend_from_slice(b"EVCXR_ERROR_OCCURRED\n");
    }
    if outcome.panicked {
        lines.extend_from_slice(b"EVCXR_PANIC_NOTIFICATION\n");
    }
    lines.extend_from_slice(b"EVCXR_EXECUTION_COMPLETE\n");
    lines
}
