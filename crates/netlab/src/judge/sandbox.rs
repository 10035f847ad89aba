//! A process of its own for the function of a student.
//!
//! Whatever the function does there – panics, exits, loops for ever, spawns
//! without end, closes what is not its own – the kernel of the notebook, its
//! variables and the next cell live on. The child has its own process group, a
//! leash for what it forks, limits ([`setrlimit(2)`]) for memory and files, the
//! descriptors that it was given and no others, and a deadline.
//!
//! [`setrlimit(2)`]: https://man7.org/linux/man-pages/man2/setrlimit.2.html

mod output;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, pipe2, setpgid};

use super::report::{self, MUTE, Report, Reports};
use super::watch::{HARD_LIMIT, Watch};
use crate::process::{
    self, Adoption, Birth, fork_off, keep_only, open_pidfd, reap_one_of,
};
use output::Output;

/// When the system ends a child that its judge has forgotten.
const ALARM: Duration = HARD_LIMIT.saturating_add(Duration::from_secs(5));

/// How much more memory than the notebook has it may use, in bytes.
const MEMORY: u64 = 1 << 30;

/// The size of the largest file it may write, in bytes.
const FILE: u64 = 1 << 26;

/// How the function ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Returned(String),
    Failed(String),
    Panicked(String),
    /// It has ended the process, with this code.
    Exited(i32),
    /// A signal has ended it, by name.
    Killed(&'static str),
    /// It was not done in time; the system calls in which its threads waited.
    Hung(Vec<&'static str>),
    /// It has closed the descriptor by which it should have reported.
    Mute,
}

/// The function of a student while it runs.
#[derive(Debug)]
pub(super) struct Sandbox {
    pid: Pid,
    pidfd: OwnedFd,
    reports: Reports,
    output: Output,
    watch: Watch,
    _adoption: Adoption,
}

impl Sandbox {
    /// Runs `body` in a child with the descriptors `kept`.
    ///
    /// # Errors
    ///
    /// When the system gives no process or no descriptor.
    pub(super) fn start(
        kept: &[RawFd],
        body: impl FnOnce() -> Result<String, String>,
    ) -> io::Result<Self> {
        let null = File::options().read(true).write(true).open("/dev/null")?;
        let (reports, report) = pipe2(OFlag::O_CLOEXEC)?;
        fcntl(reports.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        let (output, printed) = Output::pipe()?;
        let adoption = Adoption::begin();
        let birth = Birth {
            name: c"netlab-judged",
            limit: Some(ALARM),
            dies_with_parent: true,
        };
        let memory = memory_limit();
        let child = fork_off(birth, || {
            let standard = printed.as_raw_fd();
            let mut kept = [kept, &[report.as_raw_fd()]].concat();
            let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
            let _ = nix::unistd::dup2_stdout(&printed);
            let _ = nix::unistd::dup2_stderr(&printed);
            kept.extend([1, 2]);
            debug_assert!(standard > 2);
            keep_only(&mut kept, null.as_raw_fd());
            limit_resources(memory);
            // `setpgid` and the descriptors are of this process alone; from
            // here on the code of the student runs.
            let leash = process::leash(ALARM);
            let code = report::reporting(File::from(report), body);
            drop(leash);
            code
        })
        .map_err(process::refused)?;
        // Both say it, so that it holds whoever is first.
        let _ = setpgid(child, child);
        Ok(Self {
            pid: child,
            pidfd: open_pidfd(child)?,
            reports: Reports::of(File::from(reports)),
            output,
            watch: Watch::begin(child),
            _adoption: adoption,
        })
    }

    /// How long the function may take.
    pub(super) fn watch(&self) -> Watch {
        self.watch
    }

    /// What the function has printed, its beginning; called once, at its end.
    pub(super) fn printed(&mut self) -> String {
        self.output.finish()
    }

    /// How it ended, if it has, or has panicked in one of its threads.
    pub(super) fn ended(&mut self) -> Option<Ending> {
        let has_ended = self.status();
        let reports = self.reports.all();
        let panic = reports.iter().find_map(|report| match report {
            Report::Panicked(text) => Some(Ending::Panicked(text.clone())),
            _ => None,
        });
        panic.or_else(|| has_ended.map(|status| ending(status, reports)))
    }

    /// Waits until it has ended, no longer than its watch allows.
    pub(super) fn wait(&mut self) -> Ending {
        loop {
            if let Some(ending) = self.ended() {
                return ending;
            }
            let Some(left) = self.watch.left() else {
                return Ending::Hung(self.watch.calls());
            };
            // Rounded up: it would be a busy loop in the last millisecond.
            let left = left + Duration::from_millis(1);
            let limit = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            let mut end = [PollFd::new(self.pidfd.as_fd(), PollFlags::POLLIN)];
            // After an error or a signal it is looked at again.
            let _ = poll(&mut end, limit);
        }
    }

    /// The status of a child that has ended, without reaping it.
    fn status(&self) -> Option<WaitStatus> {
        let flags =
            WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        match waitid(Id::Pid(self.pid), flags) {
            Ok(WaitStatus::StillAlive) | Err(_) => None,
            Ok(status) => Some(status),
        }
    }
}

impl Drop for Sandbox {
    /// Ends whatever is left of it.
    fn drop(&mut self) {
        // Nobody has reaped it, so the number is still that of its group.
        let _ = killpg(self.pid, Signal::SIGKILL);
        while reap_one_of(-self.pid.as_raw(), true).is_some() {}
    }
}

fn ending(status: WaitStatus, reports: Vec<Report>) -> Ending {
    match (reports.into_iter().next(), status) {
        (Some(Report::Returned(value)), _) => Ending::Returned(value),
        (Some(Report::Failed(error)), _) => Ending::Failed(error),
        (Some(Report::Panicked(text)), _) => Ending::Panicked(text),
        (None, WaitStatus::Exited(_, MUTE)) => Ending::Mute,
        (None, WaitStatus::Exited(_, code)) => Ending::Exited(code),
        (None, WaitStatus::Signaled(_, signal, _)) => {
            Ending::Killed(signal.as_str())
        }
        (None, _) => Ending::Killed("SIG?"),
    }
}

/// What the notebook has mapped, and [`MEMORY`] more.
fn memory_limit() -> u64 {
    let mapped = procfs::process::Process::myself()
        .and_then(|process| process.stat())
        .map_or(0, |stat| stat.vsize);
    mapped.saturating_add(MEMORY)
}

fn limit_resources(memory: u64) {
    for (resource, limit) in [
        (Resource::RLIMIT_AS, memory),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, FILE),
    ] {
        let _ = setrlimit(resource, limit, limit);
    }
}
