//! A program that ends with the process that has started it, whatever ends
//! that: the real cargo must not go on building for nobody.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use super::TETHERED;

/// A command that runs `program` so; it goes on with the arguments.
///
/// The thread that starts it must stay until the program has ended, see
/// `PR_SET_PDEATHSIG(2const)`.
///
/// # Errors
///
/// When this executable can't be found.
pub(super) fn command(program: &Path, directory: &Path) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command
        .arg0(directory.join(TETHERED))
        .arg(std::process::id().to_string())
        .arg(program);
    Ok(command)
}

/// Becomes the program; returns only if it can't.
pub(super) fn run(_: &Path) -> io::Error {
    let mut arguments = env::args_os().skip(1);
    let (Some(parent), Some(program)) = (arguments.next(), arguments.next())
    else {
        return io::ErrorKind::InvalidInput.into();
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    // Too late for the signal if the parent has ended before.
    let now = getppid().map(|pid| pid.as_raw_nonzero().to_string());
    if now.is_none_or(|now| parent != *now) {
        return io::ErrorKind::BrokenPipe.into();
    }
    Command::new(program).args(arguments).exec()
}
