//! What the small executable that stands for cargo and the compile service
//! tell each other.
//!
//! Belongs to both executables, so it needs nothing but the standard library.

use std::io::{self, ErrorKind, Read, Write};

/// The socket of the service in the directory of the driver.
pub(crate) const SOCKET: &str = "service";

/// So many parts, or bytes in one part, are no message of ours.
const MOST: u32 = 1 << 28;

/// Writes a message of any number of parts: each number and each length is an
/// `u32` in little-endian order.
pub(crate) fn write(
    stream: &mut impl Write,
    parts: &[impl AsRef<[u8]>],
) -> io::Result<()> {
    let mut message = Vec::new();
    put_number(&mut message, parts.len())?;
    for part in parts {
        put_number(&mut message, part.as_ref().len())?;
        message.extend_from_slice(part.as_ref());
    }
    stream.write_all(&message)
}

/// Reads a message.
pub(crate) fn read(stream: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
    let count = number(stream)?;
    (0..count)
        .map(|_| {
            let length = u64::from(number(stream)?);
            let mut part = Vec::new();
            stream.take(length).read_to_end(&mut part)?;
            if part.len() as u64 == length {
                Ok(part)
            } else {
                Err(ErrorKind::UnexpectedEof.into())
            }
        })
        .collect()
}

fn put_number(message: &mut Vec<u8>, number: usize) -> io::Result<()> {
    let number = u32::try_from(number).map_err(io::Error::other)?;
    message.extend_from_slice(&number.to_le_bytes());
    Ok(())
}

fn number(stream: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    match u32::from_le_bytes(bytes) {
        number if number <= MOST => Ok(number),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// A call of cargo as one message: the directory, the number of arguments, the
/// arguments, then names and values of the environment in turn.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) directory: Vec<u8>,
    pub(crate) arguments: Vec<Vec<u8>>,
    pub(crate) environment: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Call {
    pub(crate) fn into_parts(self) -> Vec<Vec<u8>> {
        let mut parts = vec![
            self.directory,
            self.arguments.len().to_string().into_bytes(),
        ];
        parts.extend(self.arguments);
        for (name, value) in self.environment {
            parts.extend([name, value]);
        }
        parts
    }

    /// Nothing if these are not the parts of a call.
    pub(crate) fn from_parts(parts: Vec<Vec<u8>>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let directory = parts.next()?;
        let count = String::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let arguments: Vec<_> = parts.by_ref().take(count).collect();
        let mut environment = Vec::new();
        while let Some(name) = parts.next() {
            environment.push((name, parts.next()?));
        }
        (arguments.len() == count).then_some(Self {
            directory,
            arguments,
            environment,
        })
    }
}

/// How a build without cargo has ended, as one message: the exit code, and
/// what goes to the two outputs. A message without parts says that the build
/// is left to cargo.
#[derive(Debug, PartialEq)]
pub(crate) struct Built {
    pub(crate) code: u8,
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
}

impl Built {
    pub(crate) fn into_parts(self) -> Vec<Vec<u8>> {
        vec![vec![self.code], self.out, self.err]
    }

    pub(crate) fn from_parts(parts: Vec<Vec<u8>>) -> Option<Self> {
        let [code, out, err] = <[Vec<u8>; 3]>::try_from(parts).ok()?;
        let &[code] = code.as_slice() else {
            return None;
        };
        Some(Self { code, out, err })
    }
}

#[cfg(test)]
#[path = "call/tests.rs"]
mod tests;
