//! What all timeouts of this crate have in common.

use std::io;
use std::time::Duration;

/// Refuses a timeout of zero with a sentence that explains it.
///
/// The standard library refuses it too, in words that help only those who know
/// already. The reason is `setsockopt(2)`, where zero means "for ever".
pub(crate) fn refuse_zero(
    name: &str,
    timeout: Option<Duration>,
) -> io::Result<()> {
    if timeout != Some(Duration::ZERO) {
        return Ok(());
    }
    let text = format!(
        "таймаут {name} равен нулю: это «ждать нисколько», ни один вызов не успел бы; \
         ждать без срока – None, не ждать совсем – set_nonblocking(true)"
    );
    Err(io::Error::new(io::ErrorKind::InvalidInput, text))
}

/// Tells whether a call ended because its timeout was over.
///
/// Linux reports `EAGAIN` (`WouldBlock`) when `SO_RCVTIMEO` runs out, Windows
/// reports `TimedOut`, and `connect` with a timeout says `TimedOut` on both.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// Tells whether the peer broke the connection off.
///
/// The first call after an RST fails with `ECONNRESET`, a later write with
/// `EPIPE`: the same event, seen at different times.
pub(crate) fn is_reset(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset
    )
}
