//! The three kinds of waiting.

use std::io;
use std::time::Duration;

use crate::timeout;

/// How long a client waits, for each of its three kinds of waiting.
///
/// Python's `settimeout` is one number for all of them; the second call
/// overwrites the first.
///
/// # Examples
///
/// ```
/// use netlab::client::Timeouts;
/// use std::time::Duration;
///
/// let patient = Timeouts { read: Duration::from_secs(10), ..Timeouts::default() };
/// assert_eq!(patient.connect, Duration::from_secs(3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection to be established.
    pub connect: Duration,
    /// For the next bytes to arrive.
    pub read: Duration,
    /// For room in the send buffer.
    pub write: Duration,
}

impl Default for Timeouts {
    /// 3 seconds to connect, 2 to read, 2 to write.
    fn default() -> Self {
        Self::new(
            Duration::from_secs(3),
            Duration::from_secs(2),
            Duration::from_secs(2),
        )
    }
}

impl Timeouts {
    /// Makes timeouts in the order connect, read, write.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::client::Timeouts;
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// assert_eq!(Timeouts::new(3 * second, 2 * second, 2 * second), Timeouts::default());
    /// ```
    pub fn new(connect: Duration, read: Duration, write: Duration) -> Self {
        Self {
            connect,
            read,
            write,
        }
    }

    /// Refuses a timeout of zero.
    pub(super) fn check(&self) -> io::Result<()> {
        timeout::refuse_zero("подключения (connect)", Some(self.connect))?;
        timeout::refuse_zero("чтения (read)", Some(self.read))?;
        timeout::refuse_zero("записи (write)", Some(self.write))
    }
}
