//! The original experiment in a real Python, where there is one: starting it
//! and ending it. What came out is in `run.rs`.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::experiment::{INCREMENTS, SCRIPT, THREADS};
use super::run::PythonRun;
use crate::display;
use crate::timeout;

/// Python takes about a second, on a very busy machine twenty.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs the experiment of the lecture in `python3`, at most 30 seconds.
///
/// Five threads do `num += 1` a million times each, without a lock; then two
/// computations are done one after another and in two threads.
///
/// # Errors
///
/// The same as [`python_at`].
///
/// # Examples
///
/// ```no_run
/// match netlab::gil::python() {
///     Ok(run) => println!("{run}"),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn python() -> io::Result<PythonRun> {
    python_at("python3", LIMIT)
}

/// Runs the experiment in the given interpreter, at most `limit`.
///
/// The interpreter is a process of its own ([`execve(2)`]) in a process group
/// of its own. It is always reaped; when the time is over, the group is killed
/// ([`kill(2)`]). If this process is killed, the interpreter notices and ends.
///
/// [`execve(2)`]: https://man7.org/linux/man-pages/man2/execve.2.html
/// [`kill(2)`]: https://man7.org/linux/man-pages/man2/kill.2.html
///
/// # Errors
///
/// - `NotFound`: there is no such program.
/// - `TimedOut`: it was not done in time, and was killed.
/// - `InvalidInput`: `limit` is zero.
/// - `InvalidData`: it is no Python 3, or the experiment failed.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use std::time::Duration;
///
/// let none = netlab::gil::python_at("no-such-python", Duration::from_secs(1));
/// assert_eq!(none.unwrap_err().kind(), ErrorKind::NotFound);
/// ```
pub fn python_at(
    program: impl AsRef<OsStr>,
    limit: Duration,
) -> io::Result<PythonRun> {
    timeout::refuse_zero("для Python (limit)", Some(limit))?;
    let program = program.as_ref();
    let name = program.to_string_lossy();
    let mut child =
        start(program, limit).map_err(|error| explain(&name, &error))?;
    // Never closed before the end: the program takes that for our death.
    let alive = child.stdin.take();
    let answer = read(&mut child, limit);
    if answer.is_none() {
        // The group: `python3` may be a script that has started another one.
        let group = Pid::from_raw(child.id().cast_signed());
        let _ = killpg(group, Signal::SIGKILL);
    }
    drop(alive);
    let pid = child.id();
    let status = child.wait()?;
    let Some(answer) = answer else {
        let text = format!(
            "{name} (pid {pid}) не закончил за {} и остановлен: вероятно, \
             машина занята; повторите ячейку",
            display::seconds(limit)
        );
        return Err(io::Error::new(io::ErrorKind::TimedOut, text));
    };
    PythonRun::parse(&answer).ok_or_else(|| {
        let text = format!(
            "{name} не провёл опыт ({status}): вероятно, это не Python 3; \
             опыт можно пропустить"
        );
        io::Error::new(io::ErrorKind::InvalidData, text)
    })
}

fn start(program: &OsStr, limit: Duration) -> io::Result<Child> {
    let alarm = limit.as_secs().saturating_add(1).min(3600);
    Command::new(program)
        // Isolated from the user's settings and packages; from `-c`.
        .args(["-I", "-S", "-c", SCRIPT])
        .args([alarm, THREADS, INCREMENTS].map(|number| number.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

fn explain(name: &str, error: &io::Error) -> io::Error {
    let text = match error.kind() {
        io::ErrorKind::NotFound => format!(
            "{name} не найден: этот опыт можно пропустить или установить \
             Python 3 и повторить ячейку"
        ),
        _ => format!("{name} не запустить: {error}"),
    };
    io::Error::new(error.kind(), text)
}

/// Everything that the child prints; `None` if it is not done in time.
fn read(child: &mut Child, limit: Duration) -> Option<String> {
    let mut stdout = child.stdout.take()?;
    let (sender, answer) = mpsc::channel();
    // Ends with the child: then the other end of the pipe is closed.
    let reader = thread::Builder::new().name("netlab-python".to_owned());
    reader
        .spawn(move || {
            let mut text = String::new();
            let read = stdout.read_to_string(&mut text);
            // The other side may have given up.
            let _ = sender.send(read.map_or(String::new(), |_| text));
        })
        .ok()?;
    answer.recv_timeout(limit).ok()
}
