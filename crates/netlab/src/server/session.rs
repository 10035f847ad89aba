//! What is recorded of one connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::clients::Traffic;
use super::commands::Command;
use super::connection::{Flow, Witness};
use super::control::Registration;
use crate::timeout;
use crate::trace::{CloseReason, EventKind, Recorder, Unfinished};

/// The record of one connection: who, how many bytes, and what to log.
///
/// # Examples
///
/// ```
/// use netlab::{server::Session, trace::Recorder};
///
/// let recorder = Recorder::new();
/// let session = Session::new("127.0.0.1:55000".parse().unwrap(), &recorder);
/// assert_eq!(recorder.snapshot().len(), 1); // Connected.
/// ```
#[derive(Debug)]
pub struct Session {
    peer: SocketAddr,
    recorder: Recorder,
    traffic: Arc<Traffic>,
    /// The character with which the last packet has ended in the middle.
    unfinished: Unfinished,
    /// Keeps the client on its server's list; none for a session of a cell.
    registration: Option<Registration>,
    closed: bool,
}

impl Session {
    /// Opens a session that writes into `recorder`.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::{server::Session, trace::Recorder};
    ///
    /// let peer = "127.0.0.1:55000".parse().unwrap();
    /// let session = Session::new(peer, &Recorder::new());
    /// # let _ = session;
    /// ```
    pub fn new(peer: SocketAddr, recorder: &Recorder) -> Self {
        Self::open(peer, recorder, Arc::default(), None)
    }

    pub(super) fn registered(
        peer: SocketAddr,
        recorder: &Recorder,
        traffic: Arc<Traffic>,
        registration: Registration,
    ) -> Self {
        Self::open(peer, recorder, traffic, Some(registration))
    }

    fn open(
        peer: SocketAddr,
        recorder: &Recorder,
        traffic: Arc<Traffic>,
        registration: Option<Registration>,
    ) -> Self {
        recorder.record(Some(peer), EventKind::Connected);
        Self {
            peer,
            recorder: recorder.clone(),
            traffic,
            unfinished: Unfinished::default(),
            registration,
            closed: false,
        }
    }

    /// A packet of which only the beginning and the last bytes are known.
    pub(super) fn received_in_part(
        &mut self,
        bytes: usize,
        head: &[u8],
        tail: &[u8],
    ) -> Instant {
        let end = if tail.is_empty() { head } else { tail };
        let begun = self.unfinished.replace(end);
        self.traffic.add_received(bytes);
        self.recorder.received(self.peer, bytes, begun, head)
    }

    /// Takes the client off the list and records why it is done.
    pub(super) fn close(
        &mut self,
        result: io::Result<CloseReason>,
    ) -> io::Result<Flow> {
        let stopping = self
            .registration
            .take()
            .is_some_and(|r| r.server_is_stopping());
        let (reason, result) = match result {
            Ok(reason @ (CloseReason::Quit | CloseReason::ReadTimeout)) => {
                (reason, Ok(Flow::NextClient))
            }
            Ok(CloseReason::Stop) => (CloseReason::Stop, Ok(Flow::Stop)),
            // The server has shut the connection down under the handler, and
            // that looks like an end of stream or an error of the client.
            _ if stopping => (CloseReason::ServerStopped, Ok(Flow::NextClient)),
            Ok(reason) => (reason, Ok(Flow::NextClient)),
            Err(error) if timeout::is_reset(&error) => {
                (CloseReason::Reset, Ok(Flow::NextClient))
            }
            Err(error) => (CloseReason::Failed(error.to_string()), Err(error)),
        };
        self.closed = true;
        self.record(EventKind::Closed { reason });
        result
    }

    pub(super) fn record(&self, kind: EventKind) {
        self.recorder.record(Some(self.peer), kind);
    }
}

impl Witness for Session {
    fn received(&mut self, packet: &[u8]) -> Instant {
        self.received_in_part(packet.len(), packet, &[])
    }

    fn sent(&mut self, bytes: usize) -> Instant {
        self.traffic.add_sent(bytes);
        self.recorder.sent(self.peer, bytes)
    }

    fn command(&mut self, command: Command) {
        self.record(EventKind::Command(command));
    }
}

impl Drop for Session {
    /// Records the end of a session that was never served: there was no thread
    /// for it, or its handler panicked. The log must not show it as connected.
    fn drop(&mut self) {
        if !self.closed {
            let reason =
                CloseReason::Failed("клиент не обслужен до конца".to_owned());
            let _ = self.close(Ok(reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Event;

    fn reasons(recorder: &Recorder) -> Vec<CloseReason> {
        let reason = |event: Event| match event.kind {
            EventKind::Closed { reason } => Some(reason),
            _ => None,
        };
        recorder.snapshot().into_iter().filter_map(reason).collect()
    }

    fn session(recorder: &Recorder) -> Session {
        Session::new(SocketAddr::from(([127, 0, 0, 1], 1)), recorder)
    }

    #[test]
    fn session_that_was_never_served_is_closed_in_the_log() {
        let recorder = Recorder::new();
        drop(session(&recorder));
        assert!(matches!(reasons(&recorder)[..], [CloseReason::Failed(_)]));
    }

    #[test]
    fn session_is_closed_once() {
        let recorder = Recorder::new();
        let flow = session(&recorder).close(Ok(CloseReason::Stop));
        assert!(matches!(flow, Ok(Flow::Stop)));
        assert_eq!(reasons(&recorder), [CloseReason::Stop]);
    }

    #[test]
    fn reset_is_an_ending_and_no_error() {
        let recorder = Recorder::new();
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let flow = session(&recorder).close(Err(reset));
        assert!(matches!(flow, Ok(Flow::NextClient)));
        assert_eq!(reasons(&recorder), [CloseReason::Reset]);
    }
}
