//! What the functions of students return, as text.

use std::fmt;

/// What a function of a student may return: nothing, a value that shows itself
/// by `Debug`, or a `Result` with an error that displays itself.
pub trait Returns {
    /// The value as `Debug` shows it, or the error in its own words, behind its
    /// kind where it has one.
    ///
    /// # Errors
    ///
    /// When it is one.
    fn into_result(self) -> Result<String, String>;
}

impl Returns for () {
    fn into_result(self) -> Result<String, String> {
        Ok(format!("{self:?}"))
    }
}

impl Returns for &'static str {
    fn into_result(self) -> Result<String, String> {
        Ok(format!("{self:?}"))
    }
}

impl Returns for String {
    fn into_result(self) -> Result<String, String> {
        Ok(format!("{self:?}"))
    }
}

/// Shown as text, which is easier to read than numbers.
impl Returns for Vec<Vec<u8>> {
    fn into_result(self) -> Result<String, String> {
        Ok(quoted(&self))
    }
}

impl<T: fmt::Debug, E: fmt::Display + fmt::Debug> Returns for Result<T, E> {
    fn into_result(self) -> Result<String, String> {
        match self {
            Ok(value) => Ok(format!("{value:?}")),
            Err(error) => Err(match kind(&format!("{error:?}")) {
                Some(kind) => format!("{kind}: {error}"),
                None => error.to_string(),
            }),
        }
    }
}

/// The kind of an [`io::Error`](std::io::Error), as it stands in what `Debug`
/// shows of it, whatever it is wrapped in.
fn kind(error: &str) -> Option<&str> {
    let (_, kind) = error.split_once("kind: ").or(error.split_once("Kind("))?;
    let end = kind.find(|c: char| !c.is_alphanumeric())?;
    Some(&kind[..end])
}

/// Byte strings as Rust writes them: `["ping", "\\xff"]`.
pub(super) fn quoted(strings: &[impl AsRef<[u8]>]) -> String {
    let strings = strings.iter().map(|bytes| bytes.as_ref().escape_ascii());
    let strings: Vec<_> = strings.map(|bytes| format!("\"{bytes}\"")).collect();
    format!("[{}]", strings.join(", "))
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::io::{self, ErrorKind};

    use super::*;

    #[test]
    fn error_is_told_with_its_kind() {
        let simple = io::Error::from(ErrorKind::TimedOut);
        let custom = io::Error::new(ErrorKind::InvalidData, "no letters");
        let system = io::Error::from_raw_os_error(104);
        let boxed: Box<dyn Error> = io::Error::other("odd").into();
        for (error, expected) in [
            (Err::<(), _>(simple).into_result(), "TimedOut: timed out"),
            (
                Err::<(), _>(custom).into_result(),
                "InvalidData: no letters",
            ),
            (
                Err::<(), _>(system).into_result(),
                "ConnectionReset: Connection reset by peer (os error 104)",
            ),
            (Err::<(), _>(boxed).into_result(), "Other: odd"),
            (Err::<(), _>("odd").into_result(), "odd"),
        ] {
            assert_eq!(error.unwrap_err(), expected);
        }
    }
}
