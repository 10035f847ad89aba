//! A signal: the number of an event, sent to a process.
//!
//! [`kill(2)`] sends it to any process of the same user whose id is known. It
//! carries nothing but its number, and two of the same kind that have not been
//! taken yet are one: signals cannot be counted. Nothing is copied, and nothing
//! is left behind. What a process does not expect kills it.
//!
//! A signal comes to a *process*, and any of its threads that does not block it
//! may get it. So a process with many threads, as this one may be, would have
//! to block it in all of them beforehand, or it would die of the first «pong».
//! Therefore both sides are children with a single thread each, and this
//! process only reads their result: its masks and handlers are never touched.
//! They block the signals, so that none is lost between two waits, and fetch
//! them with [`sigwait(3)`] instead of a handler. See [`signal(7)`].
//!
//! `shared_memory.rs` goes without the system.
//!
//! [`kill(2)`]: https://man7.org/linux/man-pages/man2/kill.2.html
//! [`sigwait(3)`]: https://man7.org/linux/man-pages/man3/sigwait.3.html
//! [`signal(7)`]: https://man7.org/linux/man-pages/man7/signal.7.html

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::{Pid, getpid, pipe2};

use super::carries_no_bytes;
use super::measured::Measured;
use super::partner::Partner;
use super::refusal::explain_errno;
use super::rounds::Rounds;

pub(super) const NAME: &str = "Сигнал";

const PING: Signal = Signal::SIGUSR1;
const PONG: Signal = Signal::SIGUSR2;
const OVER: Signal = Signal::SIGTERM;

/// One child sends `SIGUSR1` to another and waits for `SIGUSR2`, `rounds`
/// times.
///
/// A round is two calls of [`kill(2)`] and two of [`sigwait(3)`].
///
/// [`kill(2)`]: https://man7.org/linux/man-pages/man2/kill.2.html
/// [`sigwait(3)`]: https://man7.org/linux/man-pages/man3/sigwait.3.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - A process cannot be made, or one of them has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::signal::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Fails: a signal carries no bytes.
///
/// # Errors
///
/// `Unsupported`, always.
///
/// # Examples
///
/// ```
/// let error = netlab::ipc::signal::stream(1).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
/// ```
pub fn stream(_bytes: usize) -> io::Result<Measured> {
    Err(carries_no_bytes(NAME))
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (report, to_report) =
        pipe2(OFlag::O_CLOEXEC).map_err(explain_errno("pipe2"))?;
    let ours = [report.as_raw_fd()];
    let child = Partner::start(&ours, move || {
        let measured = ask(rounds)?;
        File::from(to_report).write_all(&to_bytes(&measured))
    })?;
    child.talk(|child| {
        let mut bytes = [0; 24];
        child.read_exact(&report, &mut bytes)?;
        Ok(from_bytes(bytes))
    })
}

/// The first child, which has one thread and a child of its own.
fn ask(rounds: Rounds) -> io::Result<Measured> {
    // The death of the other side is a signal as well, and is waited for
    // together with the answer.
    let answers = set([PONG, Signal::SIGCHLD]);
    let questions = set([PING, OVER]);
    // Blocked before the fork, and so in both processes from their start.
    answers.thread_block()?;
    questions.thread_block()?;
    let here = getpid();
    let child = Partner::start(&[], move || answer(here, &questions))?;
    child.talk(|child| {
        let measured = rounds.run(NAME, || {
            kill(child.pid(), PING)?;
            match answers.wait()? {
                PONG => Ok(()),
                _ => Err(io::ErrorKind::BrokenPipe.into()),
            }
        })?;
        kill(child.pid(), OVER)?;
        Ok(measured)
    })
}

/// The second child.
fn answer(parent: Pid, questions: &SigSet) -> io::Result<()> {
    while questions.wait()? == PING {
        kill(parent, PONG)?;
    }
    Ok(())
}

fn set<const N: usize>(signals: [Signal; N]) -> SigSet {
    signals.into_iter().collect()
}

/// A result as bytes: a child process shares no memory with this one.
fn to_bytes(measured: &Measured) -> [u8; 24] {
    let nanos = |time: Duration| time.as_nanos() as u64;
    let words = [
        u64::from(measured.rounds),
        nanos(measured.round_trip),
        nanos(measured.elapsed),
    ];
    let mut bytes = [0; 24];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

fn from_bytes(bytes: [u8; 24]) -> Measured {
    let (words, _) = bytes.as_chunks::<8>();
    let word = |index: usize| u64::from_ne_bytes(words[index]);
    Measured {
        mechanism: NAME,
        // Lossless: it was a u32.
        rounds: word(0) as u32,
        round_trip: Duration::from_nanos(word(1)),
        bytes: 0,
        elapsed: Duration::from_nanos(word(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_survives_the_pipe() {
        let measured = Measured {
            mechanism: NAME,
            rounds: 7,
            round_trip: Duration::from_nanos(1234),
            bytes: 0,
            elapsed: Duration::from_millis(5),
        };
        assert_eq!(from_bytes(to_bytes(&measured)), measured);
    }
}
