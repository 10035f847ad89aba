//! The log that a server keeps instead of printing.
//!
//! A thread that prints in a notebook writes into the wrong cell, and once the
//! pipe to the kernel is full (64 KiB) it stops inside `println!` for good.
//! So every server records [`Event`]s into a [`Recorder`], and the cell that
//! wants to see them asks for the [`Log`].

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::display;
use crate::server::Command;

/// How many events a [`Recorder`] keeps unless it is told otherwise.
pub const CAPACITY: usize = 1000;

/// How many characters of received text an event keeps.
const TEXT: usize = 60;

/// Something that happened in a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Time since the recorder was made, from the monotonic clock.
    pub at: Duration,
    /// The client it happened to; `None` for the server as a whole.
    pub peer: Option<SocketAddr>,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of [`Event`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// The server listens on this address.
    Listening {
        /// The real address, with the port the system chose.
        addr: SocketAddr,
    },
    /// `accept(2)` returned a connection.
    Connected,
    /// One `read(2)` returned data.
    Received {
        /// Number of bytes of this one read.
        bytes: usize,
        /// The bytes as text, at most 60 characters; a character that was
        /// split between two packets belongs to the second event.
        text: String,
    },
    /// Data was handed to the kernel of the operating system for sending.
    Sent {
        /// Number of bytes.
        bytes: usize,
    },
    /// The client sent a command instead of text.
    Command(Command),
    /// The server is done with this client.
    Closed {
        /// Why.
        reason: CloseReason,
    },
    /// The client was turned away because the server was full.
    Refused {
        /// The limit that was reached.
        limit: usize,
    },
    /// `accept(2)` failed; a row of equal failures is recorded once.
    AcceptFailed {
        /// The text of the error.
        error: String,
    },
    /// A new server of this process took the port over.
    TakenOver,
    /// The server has stopped; nothing follows.
    Stopped,
}

/// Why a server ended a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The client sent `quit`.
    Quit,
    /// The client sent `stop`.
    Stop,
    /// The client has closed its side: `read(2)` returned 0 bytes.
    EndOfStream,
    /// The client sent nothing for as long as the read timeout.
    ReadTimeout,
    /// The client took nothing for as long as the write timeout.
    WriteTimeout,
    /// The client broke the connection off (RST instead of FIN).
    Reset,
    /// The server was stopped while the client was connected.
    ServerStopped,
    /// Anything else; the text of the error.
    Failed(String),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quit => f.write_str("клиент прислал quit"),
            Self::Stop => f.write_str("клиент прислал stop"),
            Self::EndOfStream => f.write_str("клиент закрыл свою сторону"),
            Self::ReadTimeout => {
                f.write_str("клиент молчал дольше таймаута чтения")
            }
            Self::WriteTimeout => {
                f.write_str("клиент не читал дольше таймаута записи")
            }
            Self::Reset => f.write_str("клиент оборвал соединение (RST)"),
            Self::ServerStopped => f.write_str("сервер остановлен"),
            Self::Failed(error) => write!(f, "ошибка: {error}"),
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening { addr } => write!(f, "слушает {addr}"),
            Self::Connected => f.write_str("подключился"),
            Self::Received { bytes, text } => {
                write!(f, "получено {bytes} Б: «{text}»")
            }
            Self::Sent { bytes } => write!(f, "отправлено {bytes} Б"),
            Self::Command(command) => write!(f, "команда {command}"),
            Self::Closed { reason } => write!(f, "закрыт: {reason}"),
            Self::Refused { limit } => {
                write!(f, "отказано: уже обслуживается клиентов: {limit}")
            }
            Self::AcceptFailed { error } => {
                write!(f, "accept не удался: {error}")
            }
            Self::TakenOver => {
                f.write_str("порт забирает новый сервер этого блокнота")
            }
            Self::Stopped => f.write_str("остановлен"),
        }
    }
}

impl fmt::Display for Event {
    /// One line: the time in seconds, who, what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.who();
        write!(
            f,
            "{:>8.3} с  {who:<21}  {}",
            self.at.as_secs_f64(),
            self.kind
        )
    }
}

impl Event {
    fn who(&self) -> String {
        self.peer
            .map_or_else(|| "сервер".to_owned(), |peer| peer.to_string())
    }

    /// The cells of this event in an HTML table.
    pub(crate) fn row(&self) -> Vec<String> {
        let at = format!("{:.3}", self.at.as_secs_f64());
        vec![at, self.who(), self.kind.to_string()]
    }
}

/// The column titles that go with [`Event::row`].
pub(crate) const COLUMNS: [&str; 3] = ["с", "кто", "что"];

/// Collects events from any number of threads.
///
/// A clone is cheap and writes into the same list. The list is bounded: when
/// it is full the oldest event is dropped and counted, because a server that
/// runs for an evening must not eat the memory of the notebook.
///
/// # Examples
///
/// ```
/// use netlab::trace::{EventKind, Recorder};
///
/// let recorder = Recorder::new();
/// recorder.record(None, EventKind::Stopped);
/// assert_eq!(recorder.snapshot().len(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    capacity: usize,
    events: Mutex<Events>,
    /// Rung after each event, so that a waiter need not look again and again.
    recorded: Condvar,
}

#[derive(Debug, Default)]
struct Events {
    kept: VecDeque<Event>,
    dropped: usize,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// Makes a recorder for the last [`CAPACITY`] events; its clock starts now.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::trace::Recorder::new().snapshot().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Makes a recorder for the last `capacity` events (at least one).
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    ///
    /// let recorder = Recorder::with_capacity(1);
    /// recorder.record(None, EventKind::Connected);
    /// recorder.record(None, EventKind::Stopped);
    /// assert_eq!(recorder.log().dropped(), 1);
    /// ```
    pub fn with_capacity(capacity: usize) -> Self {
        let shared = Shared {
            start: Instant::now(),
            capacity: capacity.max(1),
            events: Mutex::default(),
            recorded: Condvar::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Appends an event with the time of this call.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    ///
    /// let recorder = Recorder::new();
    /// let peer = "127.0.0.1:55000".parse().ok();
    /// recorder.record(peer, EventKind::Connected);
    /// assert_eq!(recorder.snapshot()[0].peer, peer);
    /// ```
    pub fn record(&self, peer: Option<SocketAddr>, kind: EventKind) {
        let mut events = self.shared.events.lock();
        // The clock is read under the lock: otherwise two threads could append
        // in the other order than their times say.
        let at = self.shared.start.elapsed();
        if events.kept.len() == self.shared.capacity {
            events.kept.pop_front();
            events.dropped += 1;
        }
        events.kept.push_back(Event { at, peer, kind });
        self.shared.recorded.notify_all();
    }

    /// Returns a copy of the events kept so far, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::trace::Recorder::new().snapshot(), []);
    /// ```
    pub fn snapshot(&self) -> Vec<Event> {
        self.shared.events.lock().kept.iter().cloned().collect()
    }

    /// Returns the events kept so far in a form that displays itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let log = netlab::trace::Recorder::new().log();
    /// assert_eq!(log.to_string(), "событий пока нет\n");
    /// ```
    pub fn log(&self) -> Log {
        let events = self.shared.events.lock();
        Log {
            events: events.kept.iter().cloned().collect(),
            dropped: events.dropped,
        }
    }

    /// Waits until the events satisfy `condition`, at most `limit`.
    ///
    /// Returns whether they did. This is how a cell or a test waits for "the
    /// server has read my bytes": it sleeps until an event is recorded and
    /// looks again, so it is neither late nor early.
    ///
    /// `condition` runs while the recorder is locked and must not record.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::trace::{EventKind, Recorder};
    /// use std::time::Duration;
    ///
    /// let recorder = Recorder::new();
    /// let writer = recorder.clone();
    /// std::thread::spawn(move || writer.record(None, EventKind::Stopped));
    ///
    /// let limit = Duration::from_secs(5);
    /// let stopped = |e: &netlab::trace::Event| e.kind == EventKind::Stopped;
    /// assert!(recorder.wait_for(limit, |events| events.iter().any(stopped)));
    /// ```
    pub fn wait_for(
        &self,
        limit: Duration,
        mut condition: impl FnMut(&[Event]) -> bool,
    ) -> bool {
        let deadline = Instant::now() + limit;
        let mut events = self.shared.events.lock();
        while !condition(events.kept.make_contiguous()) {
            // A wait may end without an event; only the loop makes it right.
            if self
                .shared
                .recorded
                .wait_until(&mut events, deadline)
                .timed_out()
            {
                return condition(events.kept.make_contiguous());
            }
        }
        true
    }
}

/// A copy of a recorder's events that displays itself.
///
/// As text it is one line per event, the last 20 of them; in a notebook it is
/// a table.
///
/// # Examples
///
/// ```
/// use netlab::server;
///
/// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{}", server.log());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Log {
    events: Vec<Event>,
    dropped: usize,
}

impl Log {
    /// Returns the events, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::trace::Recorder::new().log().events().is_empty());
    /// ```
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns how many older events the recorder has dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::trace::Recorder::new().log().dropped(), 0);
    /// ```
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Shows the log under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::trace::Recorder::new().log().evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let (earlier, last) = self.tail(12);
        let mut html = display::Table::new(&COLUMNS);
        last.iter().for_each(|event| html.row(event.row()));
        let html = display::paragraph(&before(earlier)) + &html.to_html();
        display::blocks(Some(&html), &self.to_string());
    }

    /// The last `count` events and the number of those before them.
    pub(crate) fn tail(&self, count: usize) -> (usize, &[Event]) {
        let first = self.events.len().saturating_sub(count);
        (self.dropped + first, &self.events[first..])
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (earlier, last) = self.tail(20);
        if last.is_empty() {
            return writeln!(f, "событий пока нет");
        }
        if earlier > 0 {
            writeln!(f, "{}", before(earlier))?;
        }
        last.iter().try_for_each(|event| writeln!(f, "{event}"))
    }
}

/// The line that stands for the events that are not shown; empty for none.
pub(crate) fn before(earlier: usize) -> String {
    match earlier {
        0 => String::new(),
        _ => format!("… раньше событий: {earlier}"),
    }
}

/// Turns the bytes of a stream into text, packet by packet.
///
/// A packet may end in the middle of a character: «п» is two bytes. Decoding
/// each packet by itself would show two � instead, so the unfinished character
/// (at most three bytes) waits for the next packet.
#[derive(Debug, Default)]
pub(crate) struct TextDecoder {
    unfinished: Vec<u8>,
}

impl TextDecoder {
    /// Decodes the next packet, as far as its characters are complete.
    pub(crate) fn push(&mut self, packet: &[u8]) -> String {
        let mut bytes = std::mem::take(&mut self.unfinished);
        bytes.extend_from_slice(packet);
        let mut text = String::new();
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            if chunk.invalid().is_empty() {
                continue;
            }
            // `error_len` is `None` only if more bytes could still make a
            // character out of these; anything else is no UTF-8 at all.
            let broken = std::str::from_utf8(chunk.invalid()).err();
            let may_go_on =
                broken.is_some_and(|error| error.error_len().is_none());
            if chunks.peek().is_none() && may_go_on {
                self.unfinished = chunk.invalid().to_vec();
            } else {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        shorten(&text)
    }
}

/// Makes received text fit for one line of a log.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => display::one_line(&text[..end]) + "…",
        None => display::one_line(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_character_appears_once_it_is_complete() {
        let mut decoder = TextDecoder::default();
        let bytes = "привет".as_bytes();
        assert_eq!(decoder.push(&bytes[..3]), "п");
        assert_eq!(decoder.push(&bytes[3..]), "ривет");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_at_once() {
        let mut decoder = TextDecoder::default();
        assert_eq!(decoder.push(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(decoder.push(b"\xd0"), "");
        assert_eq!(decoder.push(b"x"), "\u{fffd}x");
    }

    #[test]
    fn control_characters_are_escaped_and_quotes_are_not() {
        assert_eq!(
            TextDecoder::default().push(b"\"it's\"\r\n\x1b"),
            "\"it's\"\\r\\n\\u{1b}"
        );
    }

    #[test]
    fn long_text_is_shortened() {
        let text = TextDecoder::default().push(&[b'x'; 100]);
        assert_eq!(text.chars().count(), TEXT + 1);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn full_recorder_drops_the_oldest_and_says_so() {
        let recorder = Recorder::with_capacity(2);
        for limit in 1..=3 {
            recorder.record(None, EventKind::Refused { limit });
        }
        let log = recorder.log();
        assert_eq!(log.events()[0].kind, EventKind::Refused { limit: 2 });
        assert!(
            log.to_string().starts_with("… раньше событий: 1\n"),
            "{log}"
        );
    }

    #[test]
    fn wait_for_gives_up_when_nothing_happens() {
        assert!(
            !Recorder::new()
                .wait_for(Duration::from_millis(1), |events| !events
                    .is_empty())
        );
    }
}
