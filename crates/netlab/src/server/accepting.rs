//! What an accept loop does when `accept(2)` fails.
//!
//! Some failures concern one client, some the process, some the listener, and
//! mixing them up is costly. The worst case is `EMFILE`: the process has no
//! free descriptor, `accept` fails at once, the client stays in the queue, and
//! a loop that simply tries again burns a whole core until somebody else
//! closes something.

use std::io;
use std::time::Duration;

use nix::errno::Errno;

use crate::trace::{EventKind, Recorder};

/// How long an accept loop waits for a descriptor to become free. The wait
/// ends early when the server is stopped.
const PAUSE: Duration = Duration::from_millis(100);

/// How an accept loop goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Accept again at once.
    Again,
    /// Wait that long for the stop signal, then accept again.
    Pause(Duration),
    /// This listener will never accept again.
    GiveUp,
}

/// Judges the failures of one accept loop.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// The failure recorded last, so that a row of them is recorded once. Ten
    /// a second would push everything else out of the log.
    recorded: Option<Errno>,
}

impl Failures {
    /// Notes that accepting works (again).
    pub(super) fn over(&mut self) {
        self.recorded = None;
    }

    /// Records that there is no thread for an accepted client.
    pub(super) fn no_thread(&self, error: &io::Error, recorder: &Recorder) {
        let error =
            format!("система не даёт ещё один поток, клиент отпущен ({error})");
        recorder.record(None, EventKind::AcceptFailed { error });
    }

    /// Records the failure and decides how to go on.
    pub(super) fn judge(
        &mut self,
        error: &io::Error,
        recorder: &Recorder,
    ) -> Next {
        let errno = Errno::from_raw(error.raw_os_error().unwrap_or_default());
        if self.is_new(errno) {
            let error = explain(errno);
            recorder.record(None, EventKind::AcceptFailed { error });
        }
        next(errno)
    }

    /// Tells whether this failure is to be recorded.
    pub(super) fn is_new(&mut self, errno: Errno) -> bool {
        self.recorded.replace(errno) != Some(errno)
    }
}

/// Decides how to go on after a failure.
pub(super) fn next(errno: Errno) -> Next {
    match errno {
        // The client was gone before we came to it.
        Errno::ECONNABORTED | Errno::EPROTO | Errno::EINTR => Next::Again,
        // Somebody has shut the listening socket down or closed it.
        Errno::EINVAL | Errno::EBADF | Errno::ENOTSOCK => Next::GiveUp,
        // EMFILE, ENFILE, ENOBUFS, ENOMEM: something must be freed first.
        // And whatever else comes must not become a busy loop either.
        _ => Next::Pause(PAUSE),
    }
}

/// Explains that there is no process for an accepted client.
pub(super) fn no_process(errno: Errno) -> String {
    let error = io::Error::from(errno);
    format!("система не даёт ещё один процесс, клиент отпущен ({error})")
}

pub(super) fn explain(errno: Errno) -> String {
    let error = io::Error::from(errno);
    match errno {
        Errno::EMFILE => {
            format!("у процесса кончились дескрипторы, клиенты ждут ({error})")
        }
        Errno::ENFILE => {
            format!("в системе кончились дескрипторы, клиенты ждут ({error})")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(errno: Errno) -> io::Error {
        io::Error::from_raw_os_error(errno as i32)
    }

    #[test]
    fn aborted_client_is_no_reason_to_wait() {
        let next = Failures::default()
            .judge(&error(Errno::ECONNABORTED), &Recorder::new());
        assert_eq!(next, Next::Again);
    }

    #[test]
    fn row_of_equal_failures_is_recorded_once_and_again_after_a_success() {
        let (recorder, mut failures) = (Recorder::new(), Failures::default());
        for _ in 0..5 {
            assert_eq!(
                failures.judge(&error(Errno::EMFILE), &recorder),
                Next::Pause(PAUSE)
            );
        }
        assert_eq!(recorder.snapshot().len(), 1);
        failures.over();
        failures.judge(&error(Errno::EMFILE), &recorder);
        assert_eq!(recorder.snapshot().len(), 2);
    }

    #[test]
    fn listener_that_was_shut_down_is_given_up() {
        let next =
            Failures::default().judge(&error(Errno::EINVAL), &Recorder::new());
        assert_eq!(next, Next::GiveUp);
    }
}
