//! The three kinds of waiting, and all of them together.

use std::io;
use std::time::Duration;

use crate::timeout;

/// How long a client waits: for each of its three kinds of waiting, and in all.
///
/// Python's `settimeout` is one number for all of them; the second call
/// overwrites the first.
///
/// The three alone do not bound an exchange: a peer that sends one byte before
/// each read timeout is over holds a loop of reads for as long as it likes.
/// [`total`](Self::total) does.
///
/// # Examples
///
/// ```
/// use netlab::client::Timeouts;
/// use std::time::Duration;
///
/// let patient = Timeouts { read: Duration::from_secs(10), ..Timeouts::default() };
/// assert_eq!(patient.connect, Duration::from_secs(3));
///
/// let strict = Timeouts { total: Some(Duration::from_secs(5)), ..Timeouts::default() };
/// assert_eq!(Timeouts::default().total, None);
/// # let _ = strict;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection to be established.
    pub connect: Duration,
    /// For the next bytes to arrive. It begins anew with each read.
    pub read: Duration,
    /// For all of one request to find room in the send buffer. It does not
    /// begin anew when a part has found it.
    pub write: Duration,
    /// For a whole exchange; `None` means that only the three others count.
    ///
    /// It begins when the client begins to connect, and anew with each
    /// [`ask`](super::Client::ask) and [`send`](super::Client::send). Every
    /// wait is cut to what is left of it, and the first one that has nothing
    /// left is a [`TotalTimeout`](super::Outcome::TotalTimeout). Looking up a
    /// name counts, but cannot be cut: [`getaddrinfo(3)`] knows no timeout.
    ///
    /// [`getaddrinfo(3)`]: https://man7.org/linux/man-pages/man3/getaddrinfo.3.html
    pub total: Option<Duration>,
}

impl Default for Timeouts {
    /// 3 seconds to connect, 2 to read, 2 to write; no total time.
    fn default() -> Self {
        Self::new(
            Duration::from_secs(3),
            Duration::from_secs(2),
            Duration::from_secs(2),
        )
    }
}

impl Timeouts {
    /// Makes timeouts in the order connect, read, write, without a total time.
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
            total: None,
        }
    }

    /// Refuses a timeout of zero.
    pub(super) fn check(&self) -> io::Result<()> {
        timeout::refuse_zero("подключения (connect)", Some(self.connect))?;
        timeout::refuse_zero("чтения (read)", Some(self.read))?;
        timeout::refuse_zero("записи (write)", Some(self.write))?;
        timeout::refuse_zero("всего обмена (total)", self.total)
    }
}
