//! The table of the mechanisms.

use std::fmt;
use std::io;

use super::measured::Measured;
use super::rounds::Rounds;
use super::volume::Volume;
use super::{
    fifo, file, mailbox, messages, mmap, pipe, queue, semaphore, shared_memory,
    signal, tcp, unix,
};

/// A mechanism by which processes, or threads, talk to each other.
///
/// # Examples
///
/// ```
/// for mechanism in netlab::ipc::MECHANISMS {
///     println!("{mechanism}");
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Mechanism {
    /// The name in Russian.
    pub name: &'static str,
    /// The name in English, as the manuals have it.
    pub term: &'static str,
    /// Which systems have it, in Russian.
    pub provided_by: &'static str,
    /// The calls that it is made of on Linux.
    pub calls: &'static str,
    /// What is peculiar to it, in a few words of Russian.
    pub peculiar: &'static str,
    /// How to measure rounds.
    pub(super) exchange: fn(Rounds) -> io::Result<Measured>,
    /// How to measure bytes, if it carries any.
    pub(super) transfer: Option<fn(Volume) -> io::Result<Measured>>,
}

impl Mechanism {
    /// Sends «ping» and waits for «pong», `rounds` times.
    ///
    /// # Errors
    ///
    /// The same as the function of that name in the module of the mechanism.
    ///
    /// # Examples
    ///
    /// ```
    /// let files = netlab::ipc::MECHANISMS[0];
    /// println!("{}", files.ping_pong(10)?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ping_pong(&self, rounds: u32) -> io::Result<Measured> {
        (self.exchange)(Rounds::exactly(rounds)?)
    }

    /// Sends `bytes` bytes.
    ///
    /// # Errors
    ///
    /// The same as the function of that name in the module of the mechanism;
    /// `Unsupported` if it carries no bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// let files = netlab::ipc::MECHANISMS[0];
    /// println!("{}", files.stream(100_000)?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stream(&self, bytes: usize) -> io::Result<Measured> {
        let transfer =
            self.transfer.ok_or_else(|| carries_no_bytes(self.name))?;
        transfer(Volume::exactly(bytes)?)
    }
}

/// What [`Mechanism::stream`] says of a mechanism that has no bytes.
pub(super) fn carries_no_bytes(name: &str) -> io::Error {
    let text = format!(
        "{name}: байтов не переносит, только событие; \
         измерьте ping_pong, а для данных возьмите канал или сокет"
    );
    io::Error::new(io::ErrorKind::Unsupported, text)
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            term,
            provided_by,
            calls,
            ..
        } = self;
        write!(f, "{name} ({term}): {provided_by}; {calls}")
    }
}

impl fmt::Debug for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mechanism").field(&self.term).finish()
    }
}

const ALL: &str = "все ОС";
const MOST: &str = "большинство ОС";
const ELSE: &str = "все ОС, в Windows – другими вызовами";

/// All mechanisms, in the order of the lecture.
///
/// # Examples
///
/// ```
/// assert_eq!(netlab::ipc::MECHANISMS[5].term, "pipe");
/// ```
pub const MECHANISMS: [Mechanism; 12] = [
    Mechanism {
        name: file::NAME,
        term: "file lock",
        provided_by: ELSE,
        calls: "flock, pread, pwrite",
        peculiar: "не будит: опрос в цикле",
        exchange: file::exchange,
        transfer: Some(file::transfer),
    },
    Mechanism {
        name: signal::NAME,
        term: "signal",
        provided_by: MOST,
        calls: "kill, sigwait",
        peculiar: "только номер",
        exchange: signal::exchange,
        transfer: None,
    },
    Mechanism {
        name: tcp::NAME,
        term: "TCP socket",
        provided_by: ALL,
        calls: "socket, bind, listen, connect, accept, read, write",
        peculiar: "и между машинами",
        exchange: tcp::exchange,
        transfer: Some(tcp::transfer),
    },
    Mechanism {
        name: unix::NAME,
        term: "Unix socket",
        provided_by: MOST,
        calls: "socketpair, read, write",
        peculiar: "в обе стороны",
        exchange: unix::exchange,
        transfer: Some(unix::transfer),
    },
    Mechanism {
        name: fifo::NAME,
        term: "FIFO",
        provided_by: ELSE,
        calls: "mkfifo, open, read, write",
        peculiar: "канал с именем",
        exchange: fifo::exchange,
        transfer: Some(fifo::transfer),
    },
    Mechanism {
        name: pipe::NAME,
        term: "pipe",
        provided_by: ELSE,
        calls: "pipe2, read, write",
        peculiar: "только для родни",
        exchange: pipe::exchange,
        transfer: Some(pipe::transfer),
    },
    Mechanism {
        name: semaphore::NAME,
        term: "semaphore",
        provided_by: ELSE,
        calls: "eventfd, read, write",
        peculiar: "только счётчик",
        exchange: semaphore::exchange,
        transfer: None,
    },
    Mechanism {
        name: shared_memory::NAME,
        term: "shared memory",
        provided_by: ELSE,
        calls: "shm_open, shm_unlink, mmap",
        peculiar: "не будит: опрос в цикле",
        exchange: shared_memory::exchange,
        transfer: Some(shared_memory::transfer),
    },
    Mechanism {
        name: messages::NAME,
        term: "message passing",
        provided_by: "библиотеки: std::sync::mpsc, MPI, RMI",
        calls: "sync_channel, send, recv (futex)",
        peculiar: "потоки; переезд данных",
        exchange: messages::exchange,
        transfer: Some(messages::transfer),
    },
    Mechanism {
        name: mmap::NAME,
        term: "memory-mapped file",
        provided_by: ELSE,
        calls: "open, mmap",
        peculiar: "память с файлом",
        exchange: mmap::exchange,
        transfer: Some(mmap::transfer),
    },
    Mechanism {
        name: queue::NAME,
        term: "message queue",
        provided_by: MOST,
        calls: "mq_open, mq_send, mq_receive",
        peculiar: "сообщения по 4 КиБ",
        exchange: queue::exchange,
        transfer: Some(queue::transfer),
    },
    Mechanism {
        name: mailbox::NAME,
        term: "mailbox",
        provided_by: "некоторые ОС; здесь Mutex и Condvar",
        calls: "lock, wait, notify (futex)",
        peculiar: "потоки; одно место",
        exchange: mailbox::exchange,
        transfer: Some(mailbox::transfer),
    },
];
