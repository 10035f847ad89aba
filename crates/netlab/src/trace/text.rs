//! Turns received bytes into text for the log.
//!
//! This happens when somebody looks. A server that is asked for its log once
//! an hour has no time to make text of every packet, so what it keeps are
//! bytes: [`head`] says which, [`text`] makes text of them.

use crate::display;

/// How many characters of received text an event shows.
const TEXT: usize = 60;

/// How many bytes of a packet are kept: those of one character more than are
/// shown, which tells that there were more. None has more than four.
const HEAD: usize = 252;

/// The bytes of a packet that its event keeps.
#[inline]
pub(crate) fn head(packet: &[u8]) -> &[u8] {
    &packet[..packet.len().min(HEAD)]
}

/// The text of kept bytes, as far as the characters are complete.
pub(super) fn text(kept: &[u8]) -> String {
    let complete = kept.len() - unfinished(kept).len();
    shorten(&String::from_utf8_lossy(&kept[..complete]))
}

/// The character that a stream has begun and not finished.
///
/// A packet may end in the middle of a character: «п» is two bytes. Decoding
/// each packet by itself would show two � instead, so the unfinished character
/// (at most three bytes) belongs to the next packet.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Unfinished {
    bytes: [u8; 3],
    count: usize,
}

impl Unfinished {
    /// Takes the next packet, or the last three bytes of it, and returns what
    /// had been unfinished before: the beginning of this packet's text.
    #[inline]
    pub(crate) fn replace(&mut self, packet: &[u8]) -> Self {
        let before = *self;
        *self = match packet.last() {
            None => before,
            Some(0..0x80) => Self::default(),
            Some(_) => before.followed_by(packet),
        };
        before
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }

    #[cold]
    fn followed_by(self, packet: &[u8]) -> Self {
        let last = packet.last_chunk::<3>().map_or(packet, |last| last);
        let mut both = [0; 6];
        let end = self.count + last.len();
        both[..self.count].copy_from_slice(self.bytes());
        both[self.count..end].copy_from_slice(last);
        let begun = unfinished(&both[..end]);
        let mut bytes = [0; 3];
        bytes[..begun.len()].copy_from_slice(begun);
        let count = begun.len();
        Self { bytes, count }
    }
}

/// The end of the bytes that more bytes could make a character of.
fn unfinished(bytes: &[u8]) -> &[u8] {
    let last = bytes.last_chunk::<3>().map_or(bytes, |last| last);
    let Some(chunk) = last.utf8_chunks().last() else {
        return &[];
    };
    // `error_len` is `None` only for the beginning of a character; anything
    // else is no UTF-8 at all.
    match std::str::from_utf8(chunk.invalid()) {
        Err(error) if error.error_len().is_none() => chunk.invalid(),
        _ => &[],
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

    /// The texts of a stream's packets.
    fn texts<const N: usize>(packets: [&[u8]; N]) -> [String; N] {
        let mut unfinished = Unfinished::default();
        packets.map(|packet| {
            let begun = unfinished.replace(packet);
            text(&[begun.bytes(), head(packet)].concat())
        })
    }

    #[test]
    fn split_character_appears_once_it_is_complete() {
        let bytes = "привет".as_bytes();
        assert_eq!(texts([&bytes[..3], &bytes[3..]]), ["п", "ривет"]);
        let bytes = "🦀".as_bytes();
        let [first, second, third, fourth] =
            [0, 1, 2, 3].map(|n| &bytes[n..=n]);
        assert_eq!(texts([first, second, third, fourth]), ["", "", "", "🦀"]);
    }

    #[test]
    fn packet_of_which_the_middle_is_missing_is_continued_at_its_tail() {
        let packet = "п".repeat(200);
        let (packet, rest) = packet.as_bytes().split_at(399);
        assert_eq!(texts([packet, rest]), [&("п".repeat(TEXT) + "…"), "п"]);
        // A forked child tells the tail only.
        let mut unfinished = Unfinished::default();
        unfinished.replace(&packet[396..]);
        assert_eq!(unfinished.bytes(), &packet[398..]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_at_once() {
        let packets: [&[u8]; 3] = [b"a\xffb", b"\xd0", b"x"];
        assert_eq!(texts(packets), ["a\u{fffd}b", "", "\u{fffd}x"]);
        let packets: [&[u8]; 2] = [b"\xf0\x9f\x98\xe0", b"\x80"];
        assert_eq!(texts(packets), ["\u{fffd}", "\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn empty_packet_changes_nothing() {
        assert_eq!(texts([b"\xd0", b"", b"\xbf"]), ["", "", "п"]);
    }

    #[test]
    fn control_characters_are_escaped_and_quotes_are_not() {
        assert_eq!(texts([b"\"it's\"\r\n\x1b"]), ["\"it's\"\\r\\n\\u{1b}"]);
    }

    #[test]
    fn long_text_is_shortened() {
        for character in ["x", "п", "€", "🦀"] {
            let [text] = texts([character.repeat(4096).as_bytes()]);
            assert_eq!(text, character.repeat(TEXT) + "…");
            let [text] = texts([character.repeat(TEXT).as_bytes()]);
            assert_eq!(text, character.repeat(TEXT));
        }
    }
}
