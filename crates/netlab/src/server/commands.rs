//! Finds the commands `quit` and `stop` in a stream of bytes.
//!
//! TCP carries bytes, not messages: `quit\n` may arrive as `qu` and `it\n`, and
//! `hi\r\nquit\r\n` may arrive at once. Comparing what one `read` returned with
//! `quit\r\n` therefore works only by luck. The [`CommandScanner`] looks at
//! lines, wherever the packets were cut, and holds back no more than it must.
//!
//! A command is a whole line. After `ping` without a newline, `quit\n` makes
//! the line `pingquit`, and that is text.

use std::fmt;
use std::io::BufRead;

/// What a client can order instead of having it echoed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Ends this client.
    Quit,
    /// Ends this client and the whole server.
    Stop,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quit => "quit",
            Self::Stop => "stop",
        })
    }
}

/// Every form of a command on the wire: `telnet` ends lines with `\r\n`, `nc`
/// with `\n`.
const FORMS: [(&[u8], Command); 4] = [
    (b"quit\n", Command::Quit),
    (b"quit\r\n", Command::Quit),
    (b"stop\n", Command::Stop),
    (b"stop\r\n", Command::Stop),
];

/// The longest of them.
const LONGEST: usize = 6;

/// Separates commands from text that is to be echoed.
///
/// # Examples
///
/// ```
/// use netlab::server::{Command, CommandScanner};
///
/// let mut scanner = CommandScanner::new();
/// let mut echo = Vec::new();
/// assert_eq!(scanner.push(b"hi\r\nqu", &mut echo), None);
/// assert_eq!(echo, b"hi\r\n"); // `qu` may still become `quit`.
/// assert_eq!(scanner.push(b"it\r\n", &mut echo), Some(Command::Quit));
/// assert_eq!(echo, b"hi\r\n");
/// ```
#[derive(Debug, Default, Clone)]
pub struct CommandScanner {
    /// The beginning of a line that may still become a command. It is never
    /// longer than a command, so a client cannot make it grow. And it is no
    /// `Vec`: a child of the forking server must not allocate.
    held: [u8; LONGEST],
    /// How many bytes of `held` are in use.
    count: usize,
    /// The line has already turned out to be text; its rest is text as well.
    in_text: bool,
}

impl CommandScanner {
    /// Makes a scanner at the beginning of a line.
    ///
    /// # Examples
    ///
    /// ```
    /// let scanner = netlab::server::CommandScanner::new();
    /// # let _ = scanner;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream if all of them are to be echoed as
    /// they are; else it takes none, and they are for [`push`](Self::push).
    ///
    /// Most packets are text from end to end, and a server that sends them on
    /// from where it has read them copies nothing.
    pub(super) fn takes_as_text(&mut self, bytes: &[u8]) -> bool {
        if self.count > 0 {
            return false;
        }
        let Some((&last, others)) = bytes.split_last() else {
            return true;
        };
        // Nearly always a packet is one line, or a piece of one.
        let is_text = if has_newline(others) {
            let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
            if self.in_text {
                lines.next();
            }
            lines.all(|line| !begins_command(line[0]))
        } else {
            self.in_text || !begins_command(bytes[0])
        };
        if is_text {
            self.in_text = last != b'\n';
        }
        is_text
    }

    /// Takes the next bytes of the stream, appends to `out` what is to be
    /// echoed, and returns the command if there was one.
    ///
    /// Bytes after a command are dropped: the client has said that it is done.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server::{Command, CommandScanner};
    ///
    /// let mut echo = Vec::new();
    /// let command = CommandScanner::new().push(b"ping\nstop\nlost", &mut echo);
    /// assert_eq!((command, &echo[..]), (Some(Command::Stop), &b"ping\n"[..]));
    /// ```
    pub fn push(
        &mut self,
        mut bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Command> {
        loop {
            if self.in_text {
                // The rest of a text line goes through in one piece.
                let taken = bytes.read_until(b'\n', out);
                if taken.is_ok_and(|count| count > 0) {
                    self.in_text = out.last() != Some(&b'\n');
                }
            }
            let (&byte, rest) = bytes.split_first()?;
            // So does most lines' beginning.
            if self.count == 0 && !begins_command(byte) {
                self.in_text = true;
                continue;
            }
            bytes = rest;
            // There is room: what is held is the beginning of a command.
            self.held[self.count] = byte;
            self.count += 1;
            if let Some(command) = self.complete() {
                self.count = 0;
                return Some(command);
            }
            if !self.may_become_command() {
                self.finish(out);
                self.in_text = byte != b'\n';
            }
        }
    }

    /// Appends what is still held back: the stream has ended, so it cannot
    /// become a command any more.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server::CommandScanner;
    ///
    /// let (mut scanner, mut echo) = (CommandScanner::new(), Vec::new());
    /// scanner.push(b"qu", &mut echo);
    /// assert_eq!(echo, b"");
    /// scanner.finish(&mut echo);
    /// assert_eq!(echo, b"qu");
    /// ```
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.held());
        self.count = 0;
    }

    fn held(&self) -> &[u8] {
        &self.held[..self.count]
    }

    fn complete(&self) -> Option<Command> {
        FORMS
            .iter()
            .find(|(form, _)| *form == self.held())
            .map(|&(_, command)| command)
    }

    fn may_become_command(&self) -> bool {
        FORMS.iter().any(|(form, _)| form.starts_with(self.held()))
    }
}

/// Bytes that the processor compares in a few instructions.
const BLOCK: usize = 32;

fn has_newline(bytes: &[u8]) -> bool {
    // No early end: a loop that may stop at each byte looks at one at a time.
    let has_one = |block: &[u8; BLOCK]| {
        block
            .iter()
            .fold(false, |found, &byte| found | (byte == b'\n'))
    };
    match bytes.last_chunk() {
        // The last block has bytes of the one before it, too.
        Some(last) => bytes.as_chunks().0.iter().any(has_one) || has_one(last),
        None => bytes.contains(&b'\n'),
    }
}

fn begins_command(byte: u8) -> bool {
    FORMS.iter().any(|(form, _)| form[0] == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the packets to a scanner; the echo and the command that ended it.
    fn scan(packets: &[&[u8]]) -> (Vec<u8>, Option<Command>) {
        let (mut scanner, mut out) = (CommandScanner::new(), Vec::new());
        for packet in packets {
            if let Some(command) = scanner.push(packet, &mut out) {
                return (out, Some(command));
            }
        }
        scanner.finish(&mut out);
        (out, None)
    }

    #[test]
    fn text_without_newline_is_echoed_at_once() {
        let mut out = Vec::new();
        assert_eq!(CommandScanner::new().push(b"ping", &mut out), None);
        assert_eq!(out, b"ping");
    }

    #[test]
    fn commands_are_found_at_every_cut() {
        for (form, command) in FORMS {
            let mut stream = b"hi\r\nquiet\n\n".to_vec();
            let text = stream.clone();
            stream.extend_from_slice(form);
            for cut in 0..=stream.len() {
                let (left, right) = stream.split_at(cut);
                assert_eq!(
                    scan(&[left, right]),
                    (text.clone(), Some(command)),
                    "cut {cut}"
                );
            }
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(scan(&bytes), (text.clone(), Some(command)));
        }
    }

    #[test]
    fn what_only_looks_like_a_command_is_text() {
        for text in [
            "quit", "quitx\n", " quit\n", "QUIT\n", "quit \n", "st\n",
            "quit\r", "xstop\n",
        ] {
            assert_eq!(
                scan(&[text.as_bytes()]),
                (text.as_bytes().to_vec(), None),
                "{text:?}"
            );
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(
                scan(&bytes),
                (text.as_bytes().to_vec(), None),
                "{text:?}"
            );
        }
    }

    #[test]
    fn packet_is_taken_as_text_if_no_line_of_it_may_become_a_command() {
        for (begun, packet, taken) in [
            ("", "", true),
            ("", "ping\r\npong\n\n", true),
            ("", "ping", true),
            ("", "queue\n", false),
            ("", "ping\nstop\n", false),
            ("ping", "quit\nping", true),
            ("ping", "x\nquit\n", false),
            ("qu", "x", false),
        ] {
            let (mut scanner, mut out) = (CommandScanner::new(), Vec::new());
            scanner.push(begun.as_bytes(), &mut out);
            let mut other = scanner.clone();
            let is_text = scanner.takes_as_text(packet.as_bytes());
            assert_eq!(is_text, taken, "{begun:?}, {packet:?}");
            if is_text {
                out.clear();
                assert_eq!(other.push(packet.as_bytes(), &mut out), None);
                assert_eq!(out, packet.as_bytes());
                assert_eq!(scanner.in_text, other.in_text, "{packet:?}");
            }
        }
    }

    #[test]
    fn newline_is_found_wherever_it_is() {
        for length in 0..100 {
            let mut bytes = vec![b'x'; length];
            assert!(!has_newline(&bytes), "{length}");
            for at in 0..length {
                bytes[at] = b'\n';
                assert!(has_newline(&bytes), "{at} of {length}");
                bytes[at] = b'x';
            }
        }
    }

    #[test]
    fn carriage_return_without_newline_releases_the_line() {
        assert_eq!(scan(&[b"quit\r\r\n"]), (b"quit\r\r\n".to_vec(), None));
    }

    #[test]
    fn bytes_after_a_command_are_dropped() {
        assert_eq!(
            scan(&[b"a\nquit\nb\nstop\n"]),
            (b"a\n".to_vec(), Some(Command::Quit))
        );
    }
}
