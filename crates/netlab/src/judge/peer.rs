//! The other side of a connection: what the judge says to the function of a
//! student, and what it wants to hear.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::failure::{Failure, What};
use super::general;
use super::transcript::{Said, Transcript};
use super::watch::Watch;
use super::words::{Text, text};
use crate::sockets::unread;

/// How often it is looked whether a byte has been read.
const LOOK: Duration = Duration::from_micros(100);

/// How much is written or read at once.
const PIECE: usize = 1 << 16;

/// The judge's end of a connection. No call waits longer than the
/// watch allows.
#[derive(Debug)]
pub(super) struct Peer {
    stream: TcpStream,
    transcript: Transcript,
    watch: Watch,
}

impl Peer {
    /// The end of a connection on which `first` has been sent.
    pub(super) fn new(stream: TcpStream, first: &[u8], watch: Watch) -> Self {
        let mut transcript = Transcript::default();
        if !first.is_empty() {
            transcript.add(Said::Sent(first.to_vec()));
        }
        Self {
            stream,
            transcript,
            watch,
        }
    }

    /// Sends `bytes` in one piece, as far as the network takes them so.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.transcript.add(Said::Sent(bytes.to_vec()));
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(left) = self.watch.left() else {
                return Err(self.not_taken());
            };
            let _ = self.stream.set_write_timeout(Some(left));
            match self.stream.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if is_silence(&error) => {}
                Err(_) => return Err(self.not_sent()),
            }
        }
        Ok(())
    }

    /// Sends byte after byte, each only when the one before has been read: a
    /// `read` never gets two of them.
    pub(super) fn send_apart(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        // Without this the system would wait for more.
        let _ = self.stream.set_nodelay(true);
        for byte in bytes {
            self.send(&[*byte])?;
            self.wait_until_read()?;
        }
        Ok(())
    }

    /// Waits until the other side has read everything.
    pub(super) fn wait_until_read(&mut self) -> Result<(), Failure> {
        let (Ok(here), Ok(there)) =
            (self.stream.local_addr(), self.stream.peer_addr())
        else {
            return Ok(());
        };
        while unread(there, here).is_ok_and(|count| count > 0) {
            if self.watch.left().is_none() {
                return Err(self.not_taken());
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Wants to hear exactly `expected`, in whatever pieces.
    pub(super) fn expect(&mut self, expected: &[u8]) -> Result<(), Failure> {
        let mut heard = 0;
        let mut buffer = vec![0; PIECE];
        while heard < expected.len() {
            let most = (expected.len() - heard).min(PIECE);
            match self.read(&mut buffer[..most]) {
                Ok(0) => return Err(self.ended_early(expected)),
                Ok(count) => {
                    let came = &buffer[..count];
                    self.transcript.add(Said::Received(came.to_vec()));
                    if came != &expected[heard..heard + count] {
                        return Err(self.other(expected));
                    }
                    heard += count;
                }
                Err(error) => return Err(self.not_heard(&error, expected)),
            }
        }
        Ok(())
    }

    /// Sends `bytes` and hears `expected` at the same time, as a peer does
    /// that has as much to say as to hear.
    pub(super) fn exchange(
        &mut self,
        bytes: &[u8],
        expected: &[u8],
    ) -> Result<(), Failure> {
        let other = self.stream.try_clone();
        let other = other.map_err(|error| Failure::no_case(&error))?;
        let mut writer = Self::new(other, &[], self.watch);
        self.transcript.add(Said::Sent(bytes.to_vec()));
        thread::scope(|scope| {
            let sent = scope.spawn(move || writer.send(bytes));
            let heard = self.expect(expected);
            if heard.is_err() {
                // The writer may wait for a reader that is no more.
                let _ = self.stream.shutdown(Shutdown::Both);
            }
            let sent = sent.join().expect("sending does not panic");
            heard.and(sent.map_err(|failure| failure.after(&self.transcript)))
        })
    }

    /// Wants the other side to have nothing more to say.
    pub(super) fn expect_end(&mut self) -> Result<(), Failure> {
        let mut buffer = [0; 256];
        match self.read(&mut buffer) {
            Ok(0) => Ok(()),
            Ok(count) => {
                self.transcript
                    .add(Said::Received(buffer[..count].to_vec()));
                Err(self.failed(
                    What::Different,
                    Text::new(
                        "после всего ответа пришло лишнее",
                        "more came after the whole answer",
                    ),
                ))
            }
            Err(error) if is_silence(&error) => Err(self.failed(
                What::NoEnd,
                Text::new(
                    "ответ пришёл весь, но соединение не закрыто",
                    "the whole answer came, but the connection stays open",
                ),
            )),
            Err(error) => Err(self.not_heard(&error, &[])),
        }
    }

    /// Says that nothing more will be sent: [`shutdown(2)`] of the writing
    /// half.
    ///
    /// [`shutdown(2)`]: https://man7.org/linux/man-pages/man2/shutdown.2.html
    pub(super) fn finish(&mut self) {
        self.transcript.add(Said::Finished);
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Sends `byte` again and again, with pauses, until the other side has had
    /// enough of it or the time is over.
    pub(super) fn drip(&mut self, byte: u8, pause: Duration) {
        // It is the pace that is the case, nothing waits for it.
        while self.send(&[byte]).is_ok() && self.watch.left().is_some() {
            thread::sleep(pause);
        }
    }

    /// Breaks the connection off: [`close(2)`] with `SO_LINGER` of zero sends
    /// an RST.
    ///
    /// [`close(2)`]: https://man7.org/linux/man-pages/man2/close.2.html
    pub(super) fn reset(self) {
        let socket = SockRef::from(&self.stream);
        let _ = socket.set_linger(Some(Duration::ZERO));
    }

    /// A failure with what has been said until now.
    pub(super) fn failed(&self, what: What, sentence: Text) -> Failure {
        Failure::new(what, sentence).after(&self.transcript)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(left) = self.watch.left() {
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(buffer) {
                Err(error) if is_silence(&error) => {}
                result => return result,
            }
        }
        Err(ErrorKind::TimedOut.into())
    }

    fn other(&mut self, expected: &[u8]) -> Failure {
        self.transcript.add(Said::Expected(expected.to_vec()));
        self.failed(
            What::Different,
            Text::new("пришли другие байты", "other bytes came"),
        )
    }

    fn ended_early(&mut self, expected: &[u8]) -> Failure {
        let came = self.transcript.answer().len();
        self.transcript.add(Said::End);
        self.transcript.add(Said::Expected(expected.to_vec()));
        let wanted = expected.len();
        self.failed(
            What::EndedEarly,
            text!(
                "соединение закрыто раньше времени: пришло {came} из {wanted} байтов",
                "the connection was closed early: {came} of {wanted} bytes came"
            ),
        )
    }

    fn not_heard(&mut self, error: &io::Error, expected: &[u8]) -> Failure {
        let came = self.transcript.answer().len();
        let wanted = expected.len();
        if is_silence(error) {
            self.transcript.add(Said::Expected(expected.to_vec()));
            let failure = self.failed(
                What::Silence,
                text!(
                    "ответа нет: пришло {came} из {wanted} байтов, соединение открыто",
                    "no answer: {came} of {wanted} bytes came, the connection is open"
                ),
            );
            return self.or_loop(failure);
        }
        self.transcript.add(Said::Reset);
        self.failed(
            What::Reset,
            Text::new(
                "соединение оборвано (RST): закрыто с непрочитанными байтами",
                "the connection was reset (RST): closed with bytes unread",
            ),
        )
    }

    fn not_taken(&self) -> Failure {
        self.or_loop(self.failed(
            What::TakesNothing,
            Text::new(
                "посланного никто не читает",
                "nobody reads what was sent",
            ),
        ))
    }

    fn not_sent(&mut self) -> Failure {
        self.transcript.add(Said::Reset);
        self.failed(
            What::Reset,
            Text::new(
                "соединение закрыто, когда было ещё не всё сказано",
                "the connection was closed before everything was said",
            ),
        )
    }

    /// A function none of whose threads waits is busy with something else.
    fn or_loop(&self, failure: Failure) -> Failure {
        match self.watch.computes() {
            true => Failure {
                mistake: Some(&general::LOOP),
                ..failure
            },
            false => failure,
        }
    }
}

/// Whether the call ended because of its timeout or a signal, and the watch
/// says whether it is made again.
fn is_silence(error: &io::Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}
