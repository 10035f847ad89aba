//! Case after case, until one is not passed.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::{fmt, io};

use super::exercise::Exercise;
use super::failure::{Failure, What};
use super::general;
use super::mistake::Mistake;
use super::peer::Peer;
use super::sandbox::{Ending, Sandbox};
use super::verdict::{Passed, Verdict};
use super::watch::Watch;
use super::words::{Text, text};

/// What a function of a student may return: nothing, a value that shows itself
/// by `Debug`, or a `Result` with an error that displays itself.
pub trait Returns {
    /// The value as `Debug` shows it, or the error in its own words.
    ///
    /// # Errors
    ///
    /// When it is one.
    fn into_result(self) -> Result<String, String>;
}

impl Returns for () {
    fn into_result(self) -> Result<String, String> {
        Ok(format!("{self:?}"))
    }
}

/// Shown as text, which is easier to read than numbers.
impl Returns for Vec<Vec<u8>> {
    fn into_result(self) -> Result<String, String> {
        Ok(quoted(&self))
    }
}

impl<T: fmt::Debug, E: fmt::Display> Returns for Result<T, E> {
    fn into_result(self) -> Result<String, String> {
        match self {
            Ok(value) => Ok(format!("{value:?}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A trial of one function.
#[derive(Debug)]
pub(super) struct Trial {
    exercise: &'static Exercise,
    passed: Vec<Text>,
    /// Of cases that were not tried any more, too.
    left: Vec<Text>,
    failure: Option<(Text, Failure, Option<&'static Mistake>)>,
    printed: String,
}

impl Trial {
    pub(super) fn of(exercise: &'static Exercise) -> Self {
        Self {
            exercise,
            passed: Vec::new(),
            left: Vec::new(),
            failure: None,
            printed: String::new(),
        }
    }

    /// Tries a case, if all before it were passed. `usual` is the mistake
    /// behind a failure that nobody names.
    pub(super) fn case(
        mut self,
        name: Text,
        usual: Option<&'static Mistake>,
        run: impl FnOnce(&mut Case) -> Result<(), Failure>,
    ) -> Self {
        if self.failure.is_some() {
            self.left.push(name);
            return self;
        }
        let mut case = Case { sandbox: None };
        let result = run(&mut case).map_err(|failure| case.or_its_end(failure));
        match result {
            Ok(()) => self.passed.push(name),
            Err(failure) => {
                let sandbox = case.sandbox.as_mut();
                self.printed =
                    sandbox.map(Sandbox::printed).unwrap_or_default();
                self.failure = Some((name, failure, usual));
            }
        }
        self
    }

    pub(super) fn verdict(self) -> Verdict {
        Verdict::new(
            self.exercise,
            Passed {
                passed: self.passed,
                left: self.left,
            },
            self.failure,
            &self.printed,
        )
    }
}

/// One case: the function of the student in its sandbox.
#[derive(Debug)]
pub(super) struct Case {
    sandbox: Option<Sandbox>,
}

impl Case {
    /// Gives the function one end of a connection; returns the other.
    ///
    /// `first` has been sent before the function begins: whether it has read
    /// that when it closes the connection is then seen for certain, by a FIN or
    /// an RST.
    pub(super) fn serve<R: Returns>(
        &mut self,
        first: &[u8],
        function: impl Fn(TcpStream) -> R,
    ) -> Result<Peer, Failure> {
        let no_case = |error: io::Error| Failure::no_case(&error);
        let (mut ours, theirs) = pair().map_err(no_case)?;
        ours.write_all(first).map_err(no_case)?;
        let kept = [theirs.as_raw_fd()];
        let watch = self.start(&kept, || function(theirs))?;
        Ok(Peer::new(ours, first, watch))
    }

    /// Runs the function in its sandbox, with the descriptors `kept`.
    pub(super) fn start<R: Returns>(
        &mut self,
        kept: &[RawFd],
        function: impl FnOnce() -> R,
    ) -> Result<Watch, Failure> {
        let sandbox = Sandbox::start(kept, || function().into_result())
            .map_err(|error| Failure::no_case(&error))?;
        let watch = sandbox.watch();
        self.sandbox = Some(sandbox);
        Ok(watch)
    }

    /// Wants the function to have returned, without an error; returns what it
    /// displays as.
    pub(super) fn returns(&mut self) -> Result<String, Failure> {
        let ending = match &mut self.sandbox {
            Some(sandbox) => sandbox.wait(),
            None => Ending::Returned(String::new()),
        };
        match ending {
            Ending::Returned(value) => Ok(value),
            other => Err(general::failure(other)),
        }
    }

    /// Wants the function to have returned what shows itself as `expected`,
    /// which must be short.
    pub(super) fn returns_value(
        &mut self,
        expected: &str,
    ) -> Result<(), Failure> {
        let value = self.returns()?;
        if value == expected {
            return Ok(());
        }
        let (came, wanted) = (short(&value), short(expected));
        let sentence = text!(
            "вернулось {came}, а нужно {wanted}",
            "it returned {came}, and should have {wanted}"
        );
        Err(Failure::new(What::Value(value), sentence))
    }

    /// Of a function that has ended in the middle, this is the reason for
    /// whatever its peer has seen.
    fn or_its_end(&mut self, failure: Failure) -> Failure {
        let Some(sandbox) = &mut self.sandbox else {
            return failure;
        };
        let ending = match failure.what {
            // Bytes that came were sent before whatever came after.
            What::Ended(_) | What::Different | What::Value(_) => {
                return failure;
            }
            // The system closes the sockets of a process before it has ended.
            What::EndedEarly | What::Reset => Some(sandbox.wait()),
            _ => sandbox.ended(),
        };
        match ending {
            None | Some(Ending::Hung(_) | Ending::Returned(_)) => failure,
            Some(ending) => {
                let reason = general::failure(ending);
                Failure {
                    mistake: reason.mistake.or(failure.mistake),
                    transcript: failure.transcript,
                    ..reason
                }
            }
        }
    }
}

/// Both ends of a connection.
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    Ok((ours, theirs))
}

/// Byte strings as Rust writes them: `["ping", "\\xff"]`.
pub(super) fn quoted(strings: &[impl AsRef<[u8]>]) -> String {
    let strings = strings.iter().map(|bytes| bytes.as_ref().escape_ascii());
    let strings: Vec<_> = strings.map(|bytes| format!("\"{bytes}\"")).collect();
    format!("[{}]", strings.join(", "))
}

/// The beginning of a value that may be long, and how long it is.
fn short(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}… ({} B)", &value[..end], value.len()),
    }
}

/// A case in which so many bytes are sent.
pub(super) fn big(bytes: usize) -> Text {
    let mebibytes = bytes >> 20;
    text!("{mebibytes} МиБ сразу", "{mebibytes} MiB at once")
}
