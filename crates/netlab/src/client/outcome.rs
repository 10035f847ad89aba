//! What can come of asking a server something.

use std::fmt;
use std::io::ErrorKind;

use crate::display;

/// How many characters of an answer are shown.
const SHOWN: usize = 80;

/// What came of a call of a [`Client`](super::Client).
///
/// Everything that a client has to expect in normal operation is here; an
/// `io::Error` beside it means that something is wrong with the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These bytes have arrived.
    Answered(Vec<u8>),
    /// Nobody listens on that port: `ECONNREFUSED`.
    Refused,
    /// Nobody answered the attempt to connect in time. Typical is a full
    /// accept queue; a port without a server is [`Refused`](Self::Refused).
    ConnectTimeout,
    /// Nothing arrived in time. The connection is still good.
    ReadTimeout,
    /// The peer did not read, or not fast enough, and the buffers are full. How
    /// much has been sent is not known.
    WriteTimeout,
    /// The total time of the exchange is over. The connection is still good:
    /// what is late of the answer comes with the next exchange. If the time was
    /// over while writing, nobody knows how much has been sent.
    TotalTimeout,
    /// The peer has closed the connection: `read` returned 0 bytes.
    ClosedByPeer,
    /// The peer has broken the connection off: `ECONNRESET` or `EPIPE`.
    Reset,
}

impl Outcome {
    /// The kind of the `io::Error` that says the same.
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::ConnectTimeout
            | Self::ReadTimeout
            | Self::WriteTimeout
            | Self::TotalTimeout => ErrorKind::TimedOut,
            Self::ClosedByPeer => ErrorKind::UnexpectedEof,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::Answered(_) => ErrorKind::Other,
        }
    }

    /// Shows the outcome under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::client::Outcome::Refused.evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::paragraph(&text)), &text);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(bytes) => {
                // Decoding all of a large answer to show its beginning would
                // be slow; no character is longer than four bytes.
                let start = &bytes[..bytes.len().min(4 * SHOWN + 4)];
                let start = String::from_utf8_lossy(start);
                let text = match start.char_indices().nth(SHOWN) {
                    Some((end, _)) => display::one_line(&start[..end]) + "…",
                    None => display::one_line(&start),
                };
                write!(f, "ответ, {} Б: «{text}»", bytes.len())
            }
            Self::Refused => f.write_str(
                "отказ: этот порт никто не слушает (ECONNREFUSED); запустите сервер \
                 или проверьте порт",
            ),
            Self::ConnectTimeout => {
                f.write_str("таймаут подключения: сервер не принял соединение вовремя")
            }
            Self::ReadTimeout => f.write_str("таймаут чтения: сервер не ответил вовремя"),
            Self::WriteTimeout => f.write_str(
                "таймаут записи: сервер не читает или читает слишком медленно, буферы полны",
            ),
            Self::TotalTimeout => f.write_str(
                "таймаут всего обмена: запрос и ответ не уложились в отведённое время",
            ),
            Self::ClosedByPeer => f.write_str("сервер закрыл соединение (read вернул 0 байт)"),
            Self::Reset => f.write_str("сервер оборвал соединение (RST)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_one_line_and_counts_its_bytes() {
        let answer = Outcome::Answered("пинг\n".into());
        assert_eq!(answer.to_string(), "ответ, 9 Б: «пинг\\n»");
    }

    #[test]
    fn long_answer_is_cut() {
        let text = Outcome::Answered(vec![b'x'; 1000]).to_string();
        assert!(
            text.starts_with("ответ, 1000 Б: «xxx") && text.ends_with("x…»"),
            "{text}"
        );
    }
}
