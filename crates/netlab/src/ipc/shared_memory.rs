//! Shared memory: the same pages in two processes.
//!
//! [`shm_open(3)`] makes a file that lies in memory only, [`mmap(2)`] with
//! `MAP_SHARED` puts its pages into the address space, and the child inherits
//! the mapping. What one side stores the other one loads: no call of the
//! system, no copy. Here a piece is copied in and copied out all the same,
//! because the bytes come from somewhere and must go somewhere; that is two
//! copies, but none of them by the system. Strangers can share it too, by the
//! name. The price: nobody is woken. The other side must look again and again,
//! as here, and burn its core, or use a semaphore beside the memory. And whoever
//! writes without taking turns has a data race, across processes: so the words
//! are atomic. The name stays in `/dev/shm` until it is removed, so here it is
//! removed at once; the memory lives as long as it is mapped.
//!
//! `mmap.rs` takes a file of the disk instead.
//!
//! [`shm_open(3)`]: https://man7.org/linux/man-pages/man3/shm_open.3.html
//! [`mmap(2)`]: https://man7.org/linux/man-pages/man2/mmap.2.html

mod mapping;

use std::fs::File;
use std::io;

use nix::fcntl::OFlag;
use nix::sys::mman::{shm_open, shm_unlink};
use nix::sys::stat::Mode;

use super::measured::Measured;
use super::name;
use super::partner::Partner;
use super::refusal::explain_errno;
use super::rounds::Rounds;
use super::shared_words;
use super::volume::Volume;

pub use mapping::Mapping;

pub(super) const NAME: &str = "Разделяемая память";

/// Stores «ping» in a shared word and waits for «pong», `rounds` times.
///
/// A round is two stores and the loads until they are seen; the system is not
/// involved as long as both sides have a core to themselves. After 100 looks a
/// side calls [`sched_yield(2)`] and lets others run.
///
/// [`sched_yield(2)`]: https://man7.org/linux/man-pages/man2/sched_yield.2.html
///
/// # Errors
///
/// - `InvalidInput`: `rounds` is zero or more than 100 000.
/// - `TimedOut`: it was not done in ten seconds.
/// - The memory or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::shared_memory::ping_pong(100)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn ping_pong(rounds: u32) -> io::Result<Measured> {
    exchange(Rounds::exactly(rounds)?)
}

/// Sends `bytes` bytes to a child process, through slots of 64 KiB.
///
/// The clock stops when the child has answered how many it has copied out.
///
/// # Errors
///
/// - `InvalidInput`: `bytes` is zero or more than 1 GiB.
/// - Otherwise the same as [`ping_pong`].
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::shared_memory::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let memory = Mapping::of_file(&nameless()?, shared_words::WORDS)?;
    let child = Partner::start(&[], || shared_words::answer(&memory))?;
    child.talk(|child| shared_words::ask(child, &memory, rounds, NAME))
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let memory = Mapping::of_file(&nameless()?, shared_words::WORDS)?;
    let child = Partner::start(&[], || shared_words::count(&memory))?;
    child.talk(|child| shared_words::send(child, &memory, volume, NAME))
}

/// A new file in memory whose name is gone already.
///
/// Corresponds to [`shm_open(3)`] and [`shm_unlink(3)`]. Like every new file it
/// is empty; [`Mapping::of_file`] gives it a size.
///
/// [`shm_open(3)`]: https://man7.org/linux/man-pages/man3/shm_open.3.html
/// [`shm_unlink(3)`]: https://man7.org/linux/man-pages/man3/shm_unlink.3.html
///
/// # Errors
///
/// There is no `/dev/shm`, or it is forbidden or full.
///
/// # Examples
///
/// ```
/// use netlab::ipc::shared_memory::{Mapping, nameless};
///
/// let memory = Mapping::of_file(&nameless()?, 1)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn nameless() -> io::Result<File> {
    let name = format!("/{}", name::unique());
    // EXCL: nobody can have prepared a memory under this name for us.
    let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    let mode = Mode::S_IRUSR | Mode::S_IWUSR;
    let memory = shm_open(name.as_str(), flags, mode)
        .map_err(explain_errno("shm_open"))?;
    shm_unlink(name.as_str()).map_err(explain_errno("shm_unlink"))?;
    Ok(memory.into())
}
