//! A message queue: whole messages, with a priority, kept by the system.
//!
//! [`mq_open(3)`] makes a queue under a name, and whoever may open the name can
//! send and receive. What was sent as one message is received as one, and of
//! those that wait the most urgent comes first. Each `mq_send` copies the
//! message into the system, each `mq_receive` copies it out: two copies. The
//! number and the size of the messages are fixed when the queue is made, and
//! small: ten of eight KiB are what Linux usually allows, see
//! [`mq_overview(7)`]. Who sends to a full queue waits. A queue stays until its
//! name is removed, even without any process; here the name is removed at once,
//! and the queue lives as long as its descriptors.
//!
//! `mailbox.rs` has room for one message.
//!
//! [`mq_open(3)`]: https://man7.org/linux/man-pages/man3/mq_open.3.html
//! [`mq_overview(7)`]: https://man7.org/linux/man-pages/man7/mq_overview.7.html

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::mqueue::{
    MQ_OFlag, MqAttr, MqdT, mq_close, mq_open, mq_receive, mq_send, mq_unlink,
};
use nix::sys::stat::Mode;

use super::measured::Measured;
use super::name;
use super::partner::Partner;
use super::refusal::explain_errno;
use super::rounds::{OVER, PING, PONG, Rounds, expect_pong, is_ping};
use super::volume::Volume;

pub(super) const NAME: &str = "Очередь сообщений";

/// The longest message in bytes.
const MESSAGE: usize = 4096;
/// How many messages may wait.
const MESSAGES: i64 = 8;

/// Sends «ping» to a child process and waits for «pong», `rounds` times.
///
/// Two queues, or each side could receive what it has sent. A round is two
/// calls of [`mq_send(3)`] and two of [`mq_receive(3)`], and a [`poll(2)`] on
/// this side, which keeps a dead child from hanging the cell.
///
/// [`mq_send(3)`]: https://man7.org/linux/man-pages/man3/mq_send.3.html
/// [`mq_receive(3)`]: https://man7.org/linux/man-pages/man3/mq_receive.3.html
/// [`poll(2)`]: https://man7.org/linux/man-pages/man2/poll.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - A queue or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```no_run
/// println!("{}", netlab::ipc::queue::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Sends `bytes` bytes to a child process, in messages of 4 KiB.
///
/// The clock stops when the child has answered how many it has received.
///
/// # Errors
///
/// - `InvalidInput`: `bytes` is zero or more than 1 GiB.
/// - Otherwise the same as [`ping_pong`].
///
/// # Examples
///
/// ```no_run
/// println!("{}", netlab::ipc::queue::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let (there, back) = (Queue::nameless()?, Queue::nameless()?);
    let child = Partner::start(&[], || answer(&there, &back))?;
    child.talk(|child| {
        let measured = rounds.run(NAME, || {
            child.until_writable(&there)?;
            there.send(&PING)?;
            child.until_readable(&back)?;
            let mut buffer = [0; MESSAGE];
            expect_pong(word(back.receive(&mut buffer)?)?)
        })?;
        child.until_writable(&there)?;
        there.send(&OVER)?;
        Ok(measured)
    })
}

/// The child of the ping-pong.
fn answer(there: &Queue, back: &Queue) -> io::Result<()> {
    let mut buffer = [0; MESSAGE];
    while is_ping(word(there.receive(&mut buffer)?)?)? {
        back.send(&PONG)?;
    }
    Ok(())
}

/// A message of four bytes; another length is an error and not, as in a
/// stream, half of the truth.
fn word(message: &[u8]) -> io::Result<[u8; 4]> {
    message
        .try_into()
        .map_err(|_| io::ErrorKind::InvalidData.into())
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let (there, back) = (Queue::nameless()?, Queue::nameless()?);
    let child = Partner::start(&[], || count(&there, &back))?;
    child.talk(|child| {
        let sent = volume.send(|piece| {
            for message in piece.chunks(MESSAGE) {
                child.until_writable(&there)?;
                there.send(message)?;
            }
            Ok(())
        })?;
        // A message of no bytes is a message too; here it means the end.
        child.until_writable(&there)?;
        there.send(&[])?;
        child.until_readable(&back)?;
        let mut buffer = [0; MESSAGE];
        let arrived = back.receive(&mut buffer)?.try_into();
        let arrived = arrived.map_err(|_| io::ErrorKind::InvalidData)?;
        sent.confirmed(NAME, u64::from_ne_bytes(arrived))
    })
}

/// The child of the stream.
fn count(there: &Queue, back: &Queue) -> io::Result<()> {
    let mut buffer = [0; MESSAGE];
    let mut arrived = 0_u64;
    loop {
        match there.receive(&mut buffer)?.len() {
            0 => return back.send(&arrived.to_ne_bytes()),
            n => arrived += n as u64,
        }
    }
}

/// A queue without a name. The descriptor of nix does not close itself.
struct Queue(Option<MqdT>);

impl Queue {
    fn nameless() -> io::Result<Self> {
        let name = format!("/{}", name::unique());
        // EXCL: nobody can have prepared a queue under this name for us.
        let flags = MQ_OFlag::O_RDWR
            | MQ_OFlag::O_CREAT
            | MQ_OFlag::O_EXCL
            | MQ_OFlag::O_CLOEXEC;
        let mode = Mode::S_IRUSR | Mode::S_IWUSR;
        let size = MqAttr::new(0, MESSAGES, MESSAGE as i64, 0);
        let queue = mq_open(name.as_str(), flags, mode, Some(&size))
            .map_err(explain_errno("mq_open"))?;
        let queue = Self(Some(queue));
        mq_unlink(name.as_str()).map_err(explain_errno("mq_unlink"))?;
        Ok(queue)
    }

    fn descriptor(&self) -> &MqdT {
        self.0
            .as_ref()
            .expect("a queue is open until it is dropped")
    }

    fn send(&self, message: &[u8]) -> io::Result<()> {
        Ok(mq_send(self.descriptor(), message, 0)?)
    }

    /// The buffer must have room for the longest message, whatever comes.
    fn receive<'a>(
        &self,
        buffer: &'a mut [u8; MESSAGE],
    ) -> io::Result<&'a [u8]> {
        let mut priority = 0;
        loop {
            match mq_receive(self.descriptor(), buffer, &mut priority) {
                Ok(length) => return Ok(&buffer[..length]),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor().as_fd()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            let closed = mq_close(queue);
            debug_assert_eq!(closed, Ok(()));
        }
    }
}
