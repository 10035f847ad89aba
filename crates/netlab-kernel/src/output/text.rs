//! Bytes that become text.

/// Keeps the beginning of a character whose rest has not come yet.
#[derive(Default)]
pub(super) struct Text(Vec<u8>);

impl Text {
    /// The text of these bytes; what is no UTF-8 becomes `U+FFFD`.
    pub(super) fn take(&mut self, bytes: &[u8]) -> String {
        self.0.extend_from_slice(bytes);
        let ready = self.0.len() - unfinished(&self.0);
        let rest = self.0.split_off(ready);
        let ready = std::mem::replace(&mut self.0, rest);
        match String::from_utf8(ready) {
            Ok(text) => text,
            Err(error) => {
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        }
    }
}

/// How many bytes at the end begin a character and do not finish it.
fn unfinished(bytes: &[u8]) -> usize {
    let end = &bytes[bytes.len().saturating_sub(4)..];
    match std::str::from_utf8(end.trim_start_continuation()) {
        Err(error) if error.error_len().is_none() => {
            end.trim_start_continuation().len() - error.valid_up_to()
        }
        _ => 0,
    }
}

/// Cuts what the beginning of a slice has of a character before it.
trait TrimContinuation {
    fn trim_start_continuation(&self) -> &[u8];
}

impl TrimContinuation for [u8] {
    fn trim_start_continuation(&self) -> &[u8] {
        let is_continuation = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
        let begin = self.iter().take_while(|b| is_continuation(b)).count();
        &self[begin..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_that_is_cut_comes_whole() {
        let mut text = Text::default();
        let bytes = "aж€😀".as_bytes();
        let mut all = String::new();
        for byte in bytes {
            all += &text.take(std::slice::from_ref(byte));
        }
        assert_eq!(all, "aж€😀");
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_and_not_held() {
        let mut text = Text::default();
        assert_eq!(text.take(b"a\xffb\x80"), "a\u{fffd}b\u{fffd}");
        assert_eq!(text.take(b"c"), "c");
    }
}
