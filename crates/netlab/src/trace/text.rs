//! Turns received bytes into text for the log.

use crate::display;

/// How many characters of received text an event keeps.
const TEXT: usize = 60;

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
    /// Decodes the head of a packet whose middle is not known here.
    ///
    /// The head must be long enough for the text to be shortened anyway. The
    /// tail, the last three bytes, tells which character is unfinished.
    pub(crate) fn push_in_part(&mut self, head: &[u8], tail: &[u8]) -> String {
        let text = self.push(head);
        if !tail.is_empty() {
            self.unfinished.clear();
            self.push(tail);
        }
        text
    }

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
    fn packet_of_which_the_middle_is_missing_is_continued_at_its_tail() {
        let packet = "п".repeat(200);
        let bytes = &packet.as_bytes()[..399];
        let mut decoder = TextDecoder::default();
        let text = decoder.push_in_part(&bytes[..255], &bytes[396..]);
        assert_eq!(text, "п".repeat(TEXT) + "…");
        assert_eq!(decoder.push(&packet.as_bytes()[399..]), "п");
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
}
