//! What a client does with its connection, under its timeouts.

use std::io::{self, ErrorKind};
use std::time::Instant;

use super::deadline::Deadline;
use super::{Client, Outcome};
use crate::timeout;

/// Bytes that one read takes at most.
const BUFFER: usize = 64 * 1024;

impl Client {
    /// The rest of [`ask`](Self::ask), for a total time that runs already.
    pub(super) fn go_on_asking(
        &mut self,
        request: &[u8],
    ) -> io::Result<Outcome> {
        match self.try_send(request)? {
            Ok(()) | Err(Outcome::Reset) => self.try_read(),
            Err(outcome) => Ok(outcome),
        }
    }

    /// Begins an exchange: from here on its total time is counted.
    pub(super) fn begin(&mut self) {
        self.deadline = Deadline::after(self.timeouts.total);
    }

    /// Sends all of `bytes`; the inner error is an outcome.
    pub(super) fn try_send(
        &mut self,
        bytes: &[u8],
    ) -> io::Result<Result<(), Outcome>> {
        self.still_open()?;
        let wait = match self
            .deadline
            .grant(self.timeouts.write, Outcome::WriteTimeout)
        {
            Ok(wait) => wait,
            Err(over) => return Ok(Err(over)),
        };
        if self.timeouts.total.is_some() {
            self.stream.set_write_timeout(Some(wait.limit))?;
        }
        match timeout::write_all(&self.stream, bytes, Instant::now()) {
            Ok(()) => Ok(Ok(())),
            Err(error) if timeout::is_timeout(&error) => Ok(Err(wait.runs_out)),
            Err(error) if timeout::is_reset(&error) => {
                self.broken = true;
                Ok(Err(Outcome::Reset))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads once.
    pub(super) fn try_read(&mut self) -> io::Result<Outcome> {
        self.still_open()?;
        let wait = match self
            .deadline
            .grant(self.timeouts.read, Outcome::ReadTimeout)
        {
            Ok(wait) => wait,
            Err(over) => return Ok(over),
        };
        if self.timeouts.total.is_some() {
            self.stream.set_read_timeout(Some(wait.limit))?;
        }
        let mut buffer = vec![0; BUFFER];
        match timeout::read(&self.stream, &mut buffer, Instant::now()) {
            // The write was told of the RST; to the read it looks like an end
            // of the stream.
            Ok(0) if self.broken => Ok(self.end(Outcome::Reset)),
            Ok(0) => Ok(self.end(Outcome::ClosedByPeer)),
            Ok(count) => {
                buffer.truncate(count);
                Ok(Outcome::Answered(buffer))
            }
            Err(error) if timeout::is_timeout(&error) => Ok(wait.runs_out),
            Err(error) if timeout::is_reset(&error) => {
                Ok(self.end(Outcome::Reset))
            }
            Err(error) => Err(error),
        }
    }

    /// Remembers that the connection has ended, and how.
    fn end(&mut self, outcome: Outcome) -> Outcome {
        self.ended = Some(outcome.clone());
        outcome
    }

    fn still_open(&self) -> io::Result<()> {
        let Some(outcome) = &self.ended else {
            return Ok(());
        };
        let text =
            format!("соединение с {} уже окончено: {outcome}", self.peer);
        Err(io::Error::new(ErrorKind::NotConnected, text))
    }
}
