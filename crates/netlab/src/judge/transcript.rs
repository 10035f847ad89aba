//! What was said over a connection: as bytes and as text, in aligned lines.

use super::words::Text;

/// How many bytes of a line are shown.
const BYTES: usize = 12;

/// How many lines are shown of what went before the one that differs.
const BEFORE: usize = 5;

/// One thing that happened on a connection, seen from the judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// What a function was called with.
    Given(Vec<u8>),
    Sent(Vec<u8>),
    Received(Vec<u8>),
    Expected(Vec<u8>),
    /// The judge has said everything: `shutdown(Write)`.
    Finished,
    /// The other side has.
    End,
    Reset,
}

/// Everything that happened, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Transcript(Vec<Said>);

impl Transcript {
    /// Adds what happened. What comes in pieces is one line, for the pieces
    /// are the network's.
    pub(super) fn add(&mut self, said: Said) {
        use Said::{Received, Sent};
        match (self.0.last_mut(), said) {
            (Some(Received(all)), Received(more)) => all.extend(more),
            (Some(Sent(all)), Sent(more)) => all.extend(more),
            (_, said) => self.0.push(said),
        }
    }

    /// What was received since the judge has spoken last.
    pub(super) fn answer(&self) -> &[u8] {
        match self.0.last() {
            Some(Said::Received(bytes)) => bytes,
            _ => &[],
        }
    }

    /// The bytes that were received last.
    pub(super) fn last(&self) -> &[u8] {
        let received = self.0.iter().rev().find_map(|said| match said {
            Said::Received(bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        received.unwrap_or(&[])
    }

    /// The lines that are shown: who, the bytes, the text.
    pub(super) fn lines(&self) -> Vec<Line> {
        let from = self.0.len().saturating_sub(BEFORE + 2);
        let shown = &self.0[from..];
        let start = first_difference(shown);
        shown.iter().map(|said| Line::of(said, start)).collect()
    }
}

/// A line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) who: Text,
    pub(super) bytes: String,
    pub(super) text: String,
    /// Whether it is what should have come.
    pub(super) is_expected: bool,
}

impl Line {
    fn of(said: &Said, difference: usize) -> Self {
        let (who, bytes, from) = match said {
            Said::Given(bytes) => {
                (Text::new("дано", "given"), bytes.as_slice(), 0)
            }
            Said::Sent(bytes) => {
                (Text::new("послано", "sent"), bytes.as_slice(), 0)
            }
            Said::Received(bytes) => {
                let who = Text::new("пришло", "received");
                (who, bytes.as_slice(), window(difference))
            }
            Said::Expected(bytes) => {
                let who = Text::new("ждали", "expected");
                (who, bytes.as_slice(), window(difference))
            }
            Said::Finished => return Self::event("shutdown(Write)"),
            Said::End => {
                let end = Self::event("");
                let text = Text::new("конец потока", "end of stream");
                return Self {
                    who: Text::new("пришло", "received"),
                    text: text.to_string(),
                    ..end
                };
            }
            Said::Reset => {
                return Self {
                    who: Text::new("пришло", "received"),
                    ..Self::event("RST")
                };
            }
        };
        let rest = &bytes[from.min(bytes.len())..];
        let shown = &rest[..rest.len().min(BYTES)];
        let before = if from > 0 { "… " } else { "" };
        let after = match bytes.len() - from.min(bytes.len()) - shown.len() {
            0 => String::new(),
            more => format!(" … +{more}"),
        };
        let hex: Vec<_> =
            shown.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            who,
            bytes: match bytes {
                [] => "–".to_owned(),
                _ => format!("{before}{}{after}", hex.join(" ")),
            },
            text: shown.iter().copied().map(letter).collect(),
            is_expected: matches!(said, Said::Expected(_)),
        }
    }

    fn event(text: &str) -> Self {
        Self {
            who: Text::new("послано", "sent"),
            bytes: String::new(),
            text: text.to_owned(),
            is_expected: false,
        }
    }
}

/// Where what came and what should have come part.
fn first_difference(shown: &[Said]) -> usize {
    let came = shown.iter().rev().find_map(|said| match said {
        Said::Received(bytes) => Some(bytes.as_slice()),
        _ => None,
    });
    let wanted = shown.iter().rev().find_map(|said| match said {
        Said::Expected(bytes) => Some(bytes.as_slice()),
        _ => None,
    });
    let pairs = came.unwrap_or(&[]).iter().zip(wanted.unwrap_or(&[]));
    pairs.take_while(|(a, b)| a == b).count()
}

/// The first byte that is shown, where the difference is far inside.
fn window(difference: usize) -> usize {
    match difference {
        0..BYTES => 0,
        far => far - BYTES / 2,
    }
}

/// A byte as one character; what has none of its own is a dot.
fn letter(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        b'\n' => '⏎',
        b'\r' => '␍',
        0 => '␀',
        _ => '·',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(transcript: &Transcript) -> Vec<(String, String, String)> {
        let lines = transcript.lines().into_iter();
        lines
            .map(|line| (line.who.to_string(), line.bytes, line.text))
            .collect()
    }

    fn line(who: &str, bytes: &str, text: &str) -> (String, String, String) {
        (who.to_owned(), bytes.to_owned(), text.to_owned())
    }

    #[test]
    fn exchange_is_shown_as_bytes_and_as_text() {
        let mut transcript = Transcript::default();
        transcript.add(Said::Sent(b"hi\r\n".to_vec()));
        transcript.add(Said::Received(b"h".to_vec()));
        transcript.add(Said::Received(b"i".to_vec()));
        transcript.add(Said::Expected(b"HI\r\n".to_vec()));
        assert_eq!(
            shown(&transcript),
            [
                line("послано", "68 69 0d 0a", "hi␍⏎"),
                line("пришло", "68 69", "hi"),
                line("ждали", "48 49 0d 0a", "HI␍⏎"),
            ]
        );
    }

    #[test]
    fn difference_far_inside_is_in_view() {
        let mut transcript = Transcript::default();
        let mut came = vec![b'a'; 1000];
        transcript.add(Said::Expected(came.clone()));
        came[500] = b'b';
        transcript.add(Said::Received(came));
        let lines = shown(&transcript);
        assert_eq!(lines[1].2, "aaaaaabaaaaa");
        assert!(lines[1].1.starts_with("… 61"), "{lines:?}");
        assert!(lines[1].1.ends_with("+494"), "{lines:?}");
    }

    #[test]
    fn long_talk_is_shown_from_near_its_end() {
        let mut transcript = Transcript::default();
        for n in 0..100 {
            transcript.add(Said::Sent(vec![n]));
            transcript.add(Said::Received(vec![n]));
        }
        assert_eq!(transcript.lines().len(), BEFORE + 2);
    }
}
