//! A child that does not outlive this process.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

/// The command as a child that gets SIGTERM when this process ends in any way:
/// nothing else would stop it after a `kill -9`.
///
/// # Errors
///
/// When this executable can't be found any more.
pub(super) fn ending_with_this_process(command: &Command) -> Result<Command> {
    let mut child = Command::new(std::env::current_exe()?);
    child
        .arg("end-with-parent")
        .arg(std::process::id().to_string())
        .arg("--")
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        child.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => child.env(name, value),
            None => child.env_remove(name),
        };
    }
    Ok(child)
}

/// The child's half of [`ending_with_this_process`]: becomes the command.
///
/// Corresponds to [`PR_SET_PDEATHSIG`](https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html),
/// which holds across `execve(2)`.
///
/// # Errors
///
/// When the parent has ended already, or there is no such program.
pub(crate) fn end_with_parent(
    parent: i32,
    command: &[OsString],
) -> Result<bool> {
    rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
    if rustix::process::getppid().map(Pid::as_raw_nonzero)
        != std::num::NonZeroI32::new(parent)
    {
        bail!("process {parent} has ended");
    }
    let [program, arguments @ ..] = command else {
        bail!("there is no command");
    };
    Err(Command::new(program).args(arguments).exec())
        .with_context(|| format!("can't start {}", program.display()))
}
