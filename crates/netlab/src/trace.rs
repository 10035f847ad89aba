//! The log that a server keeps instead of printing.
//!
//! A thread that prints in a notebook writes into the wrong cell, and once the
//! pipe to the kernel is full (64 KiB) it stops inside `println!` for good.
//! So every server records [`Event`]s into a [`Recorder`], and the cell that
//! wants to see them asks for the [`Log`].

mod heads;
mod kept;
mod lanes;
mod log;
mod recorder;
mod text;
mod view;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::server::Command;

pub use log::Log;
pub(crate) use log::before;
pub use recorder::{CAPACITY, Recorder};
pub(crate) use text::Unfinished;

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
    /// A process was forked: for this client, or for the server as a whole.
    Forked {
        /// Its process id.
        pid: i32,
    },
    /// A process has ended and `waitpid(2)` has taken its status: it is no
    /// zombie any more.
    Reaped {
        /// Its process id.
        pid: i32,
        /// How it ended.
        ending: String,
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
    /// The client did not take all of an answer within the write timeout.
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
                f.write_str("клиент не забрал ответ за время таймаута записи")
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
            Self::Forked { pid } => write!(f, "создан процесс {pid}"),
            Self::Reaped { pid, ending } => {
                write!(f, "waitpid забрал процесс {pid}: {ending}")
            }
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
