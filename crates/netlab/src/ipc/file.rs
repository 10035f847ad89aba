//! A file with a lock: what everybody can read, one at a time.
//!
//! Every system has files, and everybody who may open one can talk: relatives,
//! strangers, even processes that do not run at the same time. Nobody may read
//! what is half written, hence the lock, [`flock(2)`]. It belongs to the *open*
//! of the file, not to the process: an open that was inherited by a child, or
//! cloned, has the same lock and excludes nobody, so each side opens the file
//! itself. And nobody is woken when the file changes: the other side must look
//! again and again, each time with lock, read and unlock, which is slow and
//! burns its core. Each write is copied into the page cache of the system, each
//! read copies it out: two copies. The file stays until it is removed; here its
//! name is gone before it is used, and its blocks with the last open.
//!
//! `pipe.rs` wakes the other side.
//!
//! [`flock(2)`]: https://man7.org/linux/man-pages/man2/flock.2.html

use std::fs::{File, TryLockError};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

use super::measured::Measured;
use super::name::nameless_file;
use super::partner::{Partner, spin_until};
use super::refusal::explain;
use super::rounds::{
    OVER, PING, PONG, Rounds, expect_pong, from_word, is_ping, to_word,
};
use super::volume::{CHUNK, Volume};

pub(super) const NAME: &str = "Файл с замком";

/// How often a side looks before it calls `sched_yield(2)`: a look is three
/// calls of the system, and the other side cannot have the lock meanwhile.
const LOOKS: u32 = 1;

/// Whose turn it is lies at the start of the file.
const HEADER: usize = 8;
/// Where the bytes begin.
const BYTES: u64 = HEADER as u64;
/// The header of a file that is to be filled.
const FREE: u64 = 0;
/// The header that says that there is no more to come.
const END: u64 = u64::MAX;

/// Writes «ping» into a file and looks until it is «pong», `rounds` times.
///
/// A round is, on each side, a write and the looks until the answer is there;
/// each of them is [`flock(2)`], [`pread(2)`] or [`pwrite(2)`], and `flock`
/// again.
///
/// [`flock(2)`]: https://man7.org/linux/man-pages/man2/flock.2.html
/// [`pread(2)`]: https://man7.org/linux/man-pages/man2/pread.2.html
/// [`pwrite(2)`]: https://man7.org/linux/man-pages/man2/pwrite.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - The file or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::file::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Sends `bytes` bytes to a child process, 64 KiB at a time through one place
/// of the file.
///
/// The clock stops when the child has answered how many it has read.
///
/// # Errors
///
/// - `InvalidInput`: `bytes` is zero or more than 1 GiB.
/// - Otherwise the same as [`ping_pong`].
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::file::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let [ours, theirs] = empty_file()?;
    let child = Partner::start(&[ours.as_raw_fd()], move || answer(&theirs))?;
    child.talk(|child| {
        let ask = |message: u64| {
            let ask = || set_header(&ours, message).map(Some);
            child.spin_until(LOOKS, || locked(&ours, ask))
        };
        let measured = rounds.run(NAME, || {
            ask(to_word(PING))?;
            let reply = || other_than(&ours, to_word(PING));
            let reply = child.spin_until(LOOKS, || locked(&ours, reply))?;
            expect_pong(from_word(reply))
        })?;
        ask(to_word(OVER))?;
        Ok(measured)
    })
}

/// The child of the ping-pong.
fn answer(file: &File) -> io::Result<()> {
    let mut last = FREE;
    loop {
        let question = || locked(file, || other_than(file, last));
        let question = spin_until(LOOKS, question, || Ok(()))?;
        if !is_ping(from_word(question))? {
            return Ok(());
        }
        last = to_word(PONG);
        let reply = || locked(file, || set_header(file, last).map(Some));
        spin_until(LOOKS, reply, || Ok(()))?;
    }
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let [ours, theirs] = empty_file()?;
    let child = Partner::start(&[ours.as_raw_fd()], move || count(&theirs))?;
    child.talk(|child| {
        let put = |header: u64, piece: &[u8]| {
            let put = || put(&ours, header, piece);
            child.spin_until(LOOKS, || locked(&ours, put))
        };
        let sent = volume.send(|piece| put(piece.len() as u64, piece))?;
        put(END, &[])?;
        let reply = || other_than(&ours, END);
        child.spin_until(LOOKS, || locked(&ours, reply))?;
        let mut arrived = [0; HEADER];
        ours.read_exact_at(&mut arrived, BYTES)?;
        sent.confirmed(NAME, u64::from_ne_bytes(arrived))
    })
}

/// The child of the stream.
fn count(file: &File) -> io::Result<()> {
    let mut buffer = [0; CHUNK];
    let mut arrived = 0_u64;
    loop {
        let take = || locked(file, || take(file, &mut buffer));
        match spin_until(LOOKS, take, || Ok(()))? {
            END => break,
            n => arrived += n,
        }
    }
    // The file belongs to this side now: the other one waits for the header.
    file.write_all_at(&arrived.to_ne_bytes(), BYTES)?;
    set_header(file, FREE)
}

/// Runs `act` with the lock. `None` if the other side has the lock, or if
/// `act` has found nothing to do.
///
/// Nobody sleeps on the lock: a look that comes too early is repeated anyway,
/// and this side must look after its child. If `act` fails the lock stays, and
/// goes with the file.
fn locked<T>(
    file: &File,
    act: impl FnOnce() -> io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let result = act()?;
    file.unlock()?;
    Ok(result)
}

/// Puts a piece into the file, if the last one has been taken out.
fn put(file: &File, header: u64, piece: &[u8]) -> io::Result<Option<()>> {
    if read_header(file)? != FREE {
        return Ok(None);
    }
    file.write_all_at(piece, BYTES)?;
    set_header(file, header).map(Some)
}

/// Takes a piece out of the file, if there is one, and returns its header.
fn take(file: &File, buffer: &mut [u8; CHUNK]) -> io::Result<Option<u64>> {
    let header = read_header(file)?;
    match header {
        FREE => return Ok(None),
        END => {}
        // Lossless: at most a chunk.
        n => {
            file.read_exact_at(&mut buffer[..n as usize], BYTES)?;
            set_header(file, FREE)?;
        }
    }
    Ok(Some(header))
}

/// The header, if it is another one.
fn other_than(file: &File, header: u64) -> io::Result<Option<u64>> {
    Ok(Some(read_header(file)?).filter(|found| *found != header))
}

fn read_header(file: &File) -> io::Result<u64> {
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, 0)?;
    Ok(u64::from_ne_bytes(header))
}

fn set_header(file: &File, header: u64) -> io::Result<()> {
    file.write_all_at(&header.to_ne_bytes(), 0)
}

/// A file, opened by each side, with room for a header and a piece: on a full
/// disk it fails here and not in the middle.
fn empty_file() -> io::Result<[File; 2]> {
    let files = nameless_file()?;
    let room = [0; HEADER + CHUNK];
    files[0].write_all_at(&room, 0).map_err(explain("write"))?;
    Ok(files)
}
