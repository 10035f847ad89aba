//! The last words of a child: why it has failed.

use std::any::Any;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

/// Bytes of a message. A pipe takes that many at once: the child never waits
/// for a reader.
const MESSAGE: usize = 1024;

/// The end of the parent.
pub(super) struct Reader(File);

/// The end of the child.
pub(super) struct Writer(File);

/// Makes the pipe for the message of a child.
pub(super) fn pipe() -> io::Result<(Reader, Writer)> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    // What the child has not said when it is dead it will not say any more;
    // but its own children may keep the pipe open.
    fcntl(reader.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((Reader(File::from(reader)), Writer(File::from(writer))))
}

impl Writer {
    pub(super) fn error(self, error: &io::Error) {
        self.leave(error.raw_os_error(), &error.to_string());
    }

    pub(super) fn panic(self, panic: &(dyn Any + Send)) {
        let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref()) {
            (Some(text), _) => text,
            (None, Some(text)) => String::as_str(text),
            (None, None) => "без текста",
        };
        self.leave(None, &format!("паника: {text}"));
    }

    fn leave(mut self, errno: Option<i32>, text: &str) {
        let mut message = errno.unwrap_or_default().to_ne_bytes().to_vec();
        message.extend_from_slice(text.as_bytes());
        message.truncate(MESSAGE);
        // Without a reader there is nobody to be told.
        let _ = self.0.write_all(&message);
    }
}

impl Reader {
    /// Reads the message of a child that has ended; `None` if it left none.
    pub(super) fn read(&mut self) -> Option<(io::ErrorKind, String)> {
        let mut message = [0; MESSAGE];
        let count = self.0.read(&mut message).ok()?;
        let (errno, text) = message[..count].split_first_chunk()?;
        let kind = match i32::from_ne_bytes(*errno) {
            0 => io::ErrorKind::Other,
            errno => io::Error::from_raw_os_error(errno).kind(),
        };
        // It may have been cut in the middle of a character.
        Some((kind, String::from_utf8_lossy(text).into_owned()))
    }
}
