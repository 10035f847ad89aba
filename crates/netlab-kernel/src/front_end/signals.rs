//! The other ways in which a kernel is told to stop.

use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::kill;
use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{SignalKind, signal};

use crate::interrupt;
use crate::kernel::Kernel;

/// Jupyter says in this variable which process is the kernel's parent.
const PARENT: &str = "JPY_PARENT_PID";

/// How often the parent is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Returns when the process is asked to terminate or when its parent has died.
///
/// Ctrl-C (`SIGINT`) interrupts the cell and is no reason to end.
pub(super) async fn wait_for_the_end(kernel: &Arc<Kernel>) {
    let (Ok(mut interrupts), Ok(mut terminates)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    let parent = getppid();
    let announced = announced_parent();
    loop {
        tokio::select! {
            _ = interrupts.recv() => interrupt::interrupt(kernel),
            _ = terminates.recv() => return,
            () = tokio::time::sleep(LOOK) => {
                // An orphan gets another parent (`getppid(2)`).
                if getppid() != parent || announced.is_some_and(is_gone) {
                    return;
                }
            }
        }
    }
}

fn announced_parent() -> Option<Pid> {
    let pid = std::env::var(PARENT).ok()?.parse().ok()?;
    // 0 and below would ask about whole groups.
    (pid > 1)
        .then(|| Pid::from_raw(pid))
        .filter(|pid| !is_gone(*pid))
}

fn is_gone(pid: Pid) -> bool {
    kill(pid, None) == Err(nix::Error::ESRCH)
}
