//! The other ways in which a kernel is told to stop.

use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::kill;
use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{SignalKind, signal};

use crate::interrupt;
use crate::kernel::Kernel;

/// Jupyter says in this variable which process is the kernel's parent.
pub(super) const PARENT: &str = "JPY_PARENT_PID";

/// How often the parent is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// The processes with which a kernel ends.
pub(crate) struct Starter {
    parent: Pid,
    announced: Option<Pid>,
}

impl Starter {
    /// Those of this process, as long as it has just started.
    pub(crate) fn now() -> Self {
        Self {
            parent: getppid(),
            announced: announced_parent(),
        }
    }

    /// Returns when one of them has died.
    pub(crate) async fn gone(&self) {
        // An orphan gets another parent (`getppid(2)`).
        while getppid() == self.parent && !self.announced.is_some_and(is_gone) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Returns when the process is asked to terminate or when the one with which
/// it is to end has died.
///
/// Ctrl-C (`SIGINT`) interrupts the cell and is no reason to end.
pub(super) async fn wait_for_the_end(
    kernel: &Arc<Kernel>,
    starter: impl Future<Output = ()>,
) {
    let (Ok(mut interrupts), Ok(mut terminates)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::pin!(starter);
    loop {
        tokio::select! {
            _ = interrupts.recv() => interrupt::interrupt(kernel),
            _ = terminates.recv() => return,
            () = &mut starter => return,
        }
    }
}

/// The process of Jupyter that has started this one.
pub(crate) fn announced_parent() -> Option<Pid> {
    let pid = std::env::var(PARENT).ok()?.parse().ok()?;
    // 0 and below would ask about whole groups.
    (pid > 1)
        .then(|| Pid::from_raw(pid))
        .filter(|pid| !is_gone(*pid))
}

fn is_gone(pid: Pid) -> bool {
    kill(pid, None) == Err(nix::Error::ESRCH)
}
