//! A mapped file: the pages of a file, in two processes.
//!
//! [`mmap(2)`] with `MAP_SHARED` puts the pages of a file into the address
//! space; the child inherits the mapping, and a stranger can map the same file.
//! As long as both run, there is no difference to `shared_memory.rs`: the same
//! pages of the same memory, stores and loads, no copy by the system, nobody is
//! woken. But these pages have a file behind them, and the system writes them
//! to its disk when it sees fit, or when [`msync(2)`] asks for it. So the file
//! outlives the processes: what was agreed can be found again after a crash.
//! And so it must be removed: here its name is gone before anybody maps it, and
//! its blocks with the last mapping. Between «is the name free?» and «make it»
//! another process could come: `O_EXCL` makes that one step.
//!
//! `messages.rs` shares nothing.
//!
//! [`mmap(2)`]: https://man7.org/linux/man-pages/man2/mmap.2.html
//! [`msync(2)`]: https://man7.org/linux/man-pages/man2/msync.2.html

use std::io;

use super::measured::Measured;
use super::name::nameless_file;
use super::partner::Partner;
use super::rounds::Rounds;
use super::shared_memory::Mapping;
use super::shared_words;
use super::volume::Volume;

pub(super) const NAME: &str = "Файл в памяти (mmap)";

/// Stores «ping» in a word of a file and waits for «pong», `rounds` times.
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
/// - The file or a process cannot be made, or the child has failed.
///
/// # Examples
///
/// ```
/// println!("{}", netlab::ipc::mmap::ping_pong(100)?);
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
/// println!("{}", netlab::ipc::mmap::stream(1_000_000)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stream(bytes: usize) -> io::Result<Measured> {
    transfer(Volume::exactly(bytes)?)
}

pub(super) fn exchange(rounds: Rounds) -> io::Result<Measured> {
    let [file] = nameless_file()?;
    let memory = Mapping::of_file(&file, shared_words::WORDS)?;
    let child = Partner::start(&[], || shared_words::answer(&memory))?;
    child.talk(|child| shared_words::ask(child, &memory, rounds, NAME))
}

pub(super) fn transfer(volume: Volume) -> io::Result<Measured> {
    let [file] = nameless_file()?;
    let memory = Mapping::of_file(&file, shared_words::WORDS)?;
    let child = Partner::start(&[], || shared_words::count(&memory))?;
    child.talk(|child| shared_words::send(child, &memory, volume, NAME))
}
