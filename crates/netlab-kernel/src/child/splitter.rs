//! Finds the marker lines of `evcxr` in what a cell prints.
//!
//! A marker ends with its line and may follow unfinished text in that line:
//! `print!("…")` and then a value at the end of the cell do exactly that. Only
//! what may still become a marker is held back, so that progress without a
//! newline is seen at once.

/// A piece of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text for the user, as it is.
    Text(&'a [u8]),
    /// What stood between the markers of a rich content.
    Content {
        mime: String,
        content: String,
        /// Nothing stood between the block before and this one.
        follows: bool,
    },
    /// A whole line that is a marker, or the end of one; `raw` is its text.
    /// Whoever does not believe it prints `raw`.
    Marker { marker: Marker, raw: &'a [u8] },
}

/// The markers that are one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    Panic,
    UserError,
    VariableChangedType,
    Input { prompt: String, password: bool },
}

const COMMON: &[u8] = b"EVCXR_";
const BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END: &[u8] = b"EVCXR_END_CONTENT";
const PANIC: &[u8] = b"EVCXR_PANIC_NOTIFICATION";
const USER_ERROR: &[u8] = b"EVCXR_ERROR_OCCURRED";
const CHANGED_TYPE: &[u8] = b"EVCXR_VARIABLE_CHANGED_TYPE:";
const INPUT: &[u8] = b"EVCXR_INPUT_REQUEST:";
const PASSWORD: &[u8] = b"EVCXR_INPUT_REQUEST_PASSWORD:";

/// Longer than any marker line that `evcxr` or the helper crate prints.
const LONGEST_MARKER: usize = 1024;

/// A content that is longer is shown as text: somebody printed the first
/// marker and never the second.
const LONGEST_CONTENT: usize = 64 << 20;

/// Splits one stream, which may arrive in pieces of any length.
#[derive(Default)]
pub(super) struct Splitter {
    /// What was held back: the beginning of a marker or of a character.
    held: Vec<u8>,
    /// Whether a byte of the current line has gone out already.
    inside_line: bool,
    block: Option<Block>,
    after_block: bool,
}

struct Block {
    mime: String,
    /// The line of the first marker and everything after it.
    raw: Vec<u8>,
    /// Where in `raw` the content begins.
    content: usize,
    /// Where in `raw` the line begins that is not finished yet.
    line: usize,
}

impl Splitter {
    /// Whether `bytes` are text that could be sent as they are.
    pub(super) fn is_plain(&mut self, bytes: &[u8]) -> bool {
        let plain = self.held.is_empty()
            && self.block.is_none()
            && find(bytes, COMMON).is_none()
            && self.held_at_end(bytes) == 0;
        if plain {
            self.passed(bytes);
        }
        plain
    }

    /// Takes the next bytes and hands the pieces to `sink`.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(Piece<'_>),
    ) {
        let mut work = std::mem::take(&mut self.held);
        work.extend_from_slice(bytes);
        let mut rest = &work[..];
        while !rest.is_empty() {
            rest = match self.block.take() {
                Some(block) => self.in_block(block, rest, sink),
                None => self.in_text(rest, sink),
            };
        }
    }

    /// Gives out what was held back: the stream ends, or the cell does.
    pub(super) fn finish(&mut self, sink: &mut impl FnMut(Piece<'_>)) {
        if let Some(block) = self.block.take() {
            sink(Piece::Text(&block.raw));
        }
        if !self.held.is_empty() {
            sink(Piece::Text(&std::mem::take(&mut self.held)));
        }
        self.inside_line = false;
        self.after_block = false;
    }

    /// Handles text up to the next marker; returns what comes after it.
    fn in_text<'a>(
        &mut self,
        bytes: &'a [u8],
        sink: &mut impl FnMut(Piece<'_>),
    ) -> &'a [u8] {
        let mut from = 0;
        while let Some(at) = find(&bytes[from..], COMMON) {
            let start = from + at;
            let Some(length) = find(&bytes[start..], b"\n") else {
                if may_become_marker(&bytes[start..]) {
                    self.text(&bytes[..start], sink);
                    self.held = bytes[start..].to_vec();
                    return &[];
                }
                from = start + COMMON.len();
                continue;
            };
            let end = start + length + 1;
            if let Some(mime) = begins_content(&bytes[start..end - 1]) {
                self.text(&bytes[..start], sink);
                let raw = bytes[start..end].to_vec();
                self.block = Some(Block {
                    mime,
                    content: raw.len(),
                    line: raw.len(),
                    raw,
                });
                return &bytes[end..];
            }
            if let Some(marker) = marker(&bytes[start..end - 1]) {
                self.text(&bytes[..start], sink);
                sink(Piece::Marker {
                    marker,
                    raw: &bytes[start..end],
                });
                self.inside_line = false;
                return &bytes[end..];
            }
            from = start + COMMON.len();
        }
        let held = self.held_at_end(bytes);
        let (text, tail) = bytes.split_at(bytes.len() - held);
        self.text(text, sink);
        self.held = tail.to_vec();
        &[]
    }

    /// Collects a content; returns what comes after its end.
    fn in_block<'a>(
        &mut self,
        mut block: Block,
        bytes: &'a [u8],
        sink: &mut impl FnMut(Piece<'_>),
    ) -> &'a [u8] {
        let Some(length) = find(bytes, b"\n") else {
            block.raw.extend_from_slice(bytes);
            self.keep(block, sink);
            return &[];
        };
        let (line, rest) = bytes.split_at(length + 1);
        block.raw.extend_from_slice(line);
        let whole = &block.raw[block.line..block.raw.len() - 1];
        if whole == END {
            let content = &block.raw[block.content..block.line];
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            sink(Piece::Content {
                mime: block.mime,
                content: String::from_utf8_lossy(content).into_owned(),
                follows: self.after_block,
            });
            self.after_block = true;
            self.inside_line = false;
        } else if whole == PANIC {
            let (text, raw) = block.raw.split_at(block.line);
            self.text(text, sink);
            sink(Piece::Marker {
                marker: Marker::Panic,
                raw,
            });
        } else {
            block.line = block.raw.len();
            self.keep(block, sink);
        }
        rest
    }

    fn keep(&mut self, block: Block, sink: &mut impl FnMut(Piece<'_>)) {
        if block.raw.len() > LONGEST_CONTENT {
            self.text(&block.raw, sink);
        } else {
            self.block = Some(block);
        }
    }

    fn text(&mut self, bytes: &[u8], sink: &mut impl FnMut(Piece<'_>)) {
        if !bytes.is_empty() {
            self.passed(bytes);
            sink(Piece::Text(bytes));
        }
    }

    fn passed(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.inside_line = *last != b'\n';
            self.after_block = false;
        }
    }

    /// How many bytes at the end of `bytes`, which contain no whole `EVCXR_`,
    /// must wait for what follows.
    fn held_at_end(&self, bytes: &[u8]) -> usize {
        let line = match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => &bytes[newline + 1..],
            None if self.inside_line => return cut_character(bytes),
            None => bytes,
        };
        if line.len() < COMMON.len() && COMMON.starts_with(line) {
            return line.len();
        }
        cut_character(bytes)
    }
}

/// How many bytes at the end are the beginning of a UTF-8 character.
fn cut_character(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let length = match bytes[bytes.len() - back] {
            0b1100_0000..=0b1101_1111 => 2,
            0b1110_0000..=0b1110_1111 => 3,
            0b1111_0000..=0b1111_0111 => 4,
            0b1000_0000..=0b1011_1111 => continue,
            _ => return 0,
        };
        return if back < length { back } else { 0 };
    }
    0
}

fn may_become_marker(line: &[u8]) -> bool {
    let begins = |marker: &&[u8]| marker.starts_with(line);
    line.len() <= LONGEST_MARKER
        && ([BEGIN, PANIC, USER_ERROR, CHANGED_TYPE, INPUT, PASSWORD]
            .iter()
            .any(begins)
            || [BEGIN, CHANGED_TYPE, INPUT, PASSWORD]
                .iter()
                .any(|marker| line.starts_with(marker)))
}

fn begins_content(line: &[u8]) -> Option<String> {
    let mime = std::str::from_utf8(line.strip_prefix(BEGIN)?).ok()?;
    let known = |c: char| c.is_ascii_alphanumeric() || "/+.-_".contains(c);
    (mime.contains('/') && mime.chars().all(known)).then(|| mime.to_owned())
}

fn marker(line: &[u8]) -> Option<Marker> {
    if line == PANIC {
        return Some(Marker::Panic);
    }
    if line == USER_ERROR {
        return Some(Marker::UserError);
    }
    if line.starts_with(CHANGED_TYPE) {
        return Some(Marker::VariableChangedType);
    }
    let (prompt, password) = match line.strip_prefix(PASSWORD) {
        Some(prompt) => (prompt, true),
        None => (line.strip_prefix(INPUT)?, false),
    };
    Some(Marker::Input {
        prompt: String::from_utf8_lossy(prompt).into_owned(),
        password,
    })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}

#[cfg(test)]
mod tests;
