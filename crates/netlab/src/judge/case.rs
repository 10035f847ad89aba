//! One case: the function of a student and the judge on the other side.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::failure::{Failure, What};
use super::general;
use super::peer::Peer;
use super::returns::Returns;
use super::sandbox::{Ending, Sandbox};
use super::watch::Watch;
use super::words::{Text, text};

/// How often it is looked whether a function that should connect has ended.
const LOOK: Duration = Duration::from_millis(20);

/// One case: the function of the student in its sandbox.
#[derive(Debug)]
pub(super) struct Case {
    sandbox: Option<Sandbox>,
}

impl Case {
    pub(super) fn new() -> Self {
        Self { sandbox: None }
    }

    /// What the function has printed, its beginning; called once, at its end.
    pub(super) fn printed(&mut self) -> String {
        let sandbox = self.sandbox.as_mut();
        sandbox.map(Sandbox::printed).unwrap_or_default()
    }

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

    /// Gives the function the address of a server, which is the judge.
    pub(super) fn dial<R: Returns>(
        &mut self,
        function: impl Fn(SocketAddr) -> R,
    ) -> Result<Listener, Failure> {
        let no_case = |error: io::Error| Failure::no_case(&error);
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_case)?;
        let addr = listener.local_addr().map_err(no_case)?;
        let watch = self.start(&[], || function(addr))?;
        Ok(Listener { listener, watch })
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

    /// Wants the function to have returned an error of this kind.
    pub(super) fn fails(&mut self, kind: io::ErrorKind) -> Result<(), Failure> {
        let ending = match &mut self.sandbox {
            Some(sandbox) => sandbox.wait(),
            None => return Ok(()),
        };
        match ending {
            Ending::Failed(error)
                if error.starts_with(&format!("{kind:?}: ")) =>
            {
                Ok(())
            }
            Ending::Failed(error) => Err(Failure::new(
                What::Ended(Ending::Failed(error.clone())),
                text!(
                    "вернулась ошибка {error}, а нужна {kind:?}",
                    "the error was {error}, and should be {kind:?}"
                ),
            )),
            Ending::Returned(value) => {
                let came = short(&value);
                Err(Failure::new(
                    What::Value(value),
                    text!(
                        "вернулось {came}, а нужна ошибка {kind:?}",
                        "it returned {came}, and should have failed: {kind:?}"
                    ),
                ))
            }
            other => Err(general::failure(other)),
        }
    }

    /// Of a function that has ended in the middle, this is the reason for
    /// whatever its peer has seen.
    pub(super) fn or_its_end(&mut self, failure: Failure) -> Failure {
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

/// A server that the function of a student may connect to.
#[derive(Debug)]
pub(super) struct Listener {
    listener: TcpListener,
    watch: Watch,
}

impl Listener {
    /// Waits for the function to connect.
    pub(super) fn accept(&self) -> Result<Peer, Failure> {
        while let Some(left) = self.watch.left() {
            let over = self.watch.is_over();
            let limit = left.min(if over { Duration::ZERO } else { LOOK });
            let limit =
                PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
            let mut caller =
                [PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
            // After an error or a signal it is looked at again.
            let _ = poll(&mut caller, limit);
            if caller[0].any().unwrap_or(false) {
                let accepted = self.listener.accept();
                let (stream, _) =
                    accepted.map_err(|error| Failure::no_case(&error))?;
                return Ok(Peer::new(stream, &[], self.watch));
            }
            // What it had to say it said before it ended.
            if over {
                break;
            }
        }
        Err(Failure::new(
            What::NoCall,
            Text::new("никто не подключился", "nobody has connected"),
        ))
    }
}

/// Both ends of a connection.
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ours = TcpStream::connect(listener.local_addr()?)?;
    let (theirs, _) = listener.accept()?;
    Ok((ours, theirs))
}

/// The beginning of a value that may be long, and how long it is.
fn short(value: &str) -> String {
    const SHOWN: usize = 60;
    match value.char_indices().nth(SHOWN) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}… ({} B)", &value[..end], value.len()),
    }
}
