//! How two notebooks find each other without a fixed port.
//!
//! The server binds port 0 and [`publish`]es its address under a name; the
//! client [`find`]s it. The place is a directory that both know, one file per
//! name. A fixed port would do for one lecturer, but not for two people on one
//! machine, nor for two test runs at a time.

mod entry;

use std::fs;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::display;
use entry::{Directory, Entry};

/// How long [`find`] waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// A published address. Dropping it takes the address back.
///
/// # Examples
///
/// ```
/// use netlab::rendezvous;
///
/// let name = "echo";
/// # let name = &format!("doc-drop-{}", std::process::id());
/// let addr = "127.0.0.1:1".parse().unwrap();
/// let published = rendezvous::publish(name, addr)?;
/// drop(published);
/// assert!(rendezvous::find_within(name, std::time::Duration::ZERO).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the address is taken back as soon as this is dropped"]
pub struct Published {
    directory: Directory,
    name: String,
    entry: Entry,
}

impl Drop for Published {
    fn drop(&mut self) {
        // Only if it is still ours: a cell that is run again publishes the new
        // address first and drops the old variable afterwards.
        let _ = self
            .directory
            .remove_if(&self.name, |entry| *entry == self.entry);
    }
}

/// Publishes an address under a name, replacing what was there.
///
/// Writes a file and moves it into place with [`rename(2)`], which is atomic: a
/// reader sees the old entry or the new one, never half of it. Entries of
/// processes that have ended are removed on the occasion.
///
/// The directory is `$NETLAB_RENDEZVOUS`, or else one in the directory for
/// temporary files whose name contains the user and a hash of the current
/// directory: the notebooks of one folder meet each other and nobody else.
///
/// [`rename(2)`]: https://man7.org/linux/man-pages/man2/rename.2.html
///
/// # Errors
///
/// - `InvalidInput`: the name has other characters than `a-z`, `0-9` and `-`.
/// - `PermissionDenied`: the directory belongs to somebody else.
/// - The directory cannot be written.
///
/// # Examples
///
/// ```
/// use netlab::rendezvous;
///
/// let name = "echo";
/// # let name = &format!("doc-publish-{}", std::process::id());
/// let listener = netlab::server::bind("127.0.0.1:0")?;
/// let _published = rendezvous::publish(name, listener.local_addr()?)?;
/// assert_eq!(rendezvous::find(name)?, listener.local_addr()?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn publish(name: &str, addr: SocketAddr) -> io::Result<Published> {
    check(name)?;
    let directory = Directory::open(place()?)?;
    let entry = Entry::of_this_process(addr)?;
    directory.write(name, &entry)?;
    directory.sweep()?;
    Ok(Published {
        directory,
        name: name.to_owned(),
        entry,
    })
}

/// Finds the address that a living process has published; waits up to 5 s.
///
/// # Errors
///
/// The same as [`find_within`].
///
/// # Examples
///
/// ```
/// use netlab::rendezvous;
///
/// let name = "echo";
/// # let name = &format!("doc-find-{}", std::process::id());
/// let addr = "127.0.0.1:1".parse().unwrap();
/// let _published = rendezvous::publish(name, addr)?;
/// assert_eq!(rendezvous::find(name)?, addr);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn find(name: &str) -> io::Result<SocketAddr> {
    find_within(name, PATIENCE)
}

/// Finds the address that a living process has published; waits up to `limit`.
///
/// # Errors
///
/// - `NotFound`: nobody has published the name in time; the text says which
///   cell to run first.
/// - `InvalidInput`: the name has other characters than `a-z`, `0-9` and `-`.
/// - The directory cannot be read.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let error = netlab::rendezvous::find_within("doc-nobody", Duration::ZERO).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
/// ```
pub fn find_within(name: &str, limit: Duration) -> io::Result<SocketAddr> {
    check(name)?;
    let directory = Directory::open(place()?)?;
    let begin = Instant::now();
    loop {
        match directory.read(name)? {
            Some(entry) if entry.process_lives() => return Ok(entry.addr),
            _ if begin.elapsed() >= limit => break,
            // The other side is another process that knows nothing of us; all
            // there is to do is to look again.
            _ => thread::sleep(LOOK),
        }
    }
    let text = format!(
        "имя «{name}» никто не опубликовал за {}: \
         сначала запустите ячейку сервера «{name}» в блокноте сервера",
        display::seconds(limit)
    );
    Err(io::Error::new(ErrorKind::NotFound, text))
}

fn check(name: &str) -> io::Result<()> {
    let allowed =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(allowed) {
        return Ok(());
    }
    let text = format!(
        "имя «{name}» не годится: допустимы a–z, 0–9 и «-», от 1 до 64 символов"
    );
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}

/// The directory of this group of notebooks.
fn place() -> io::Result<PathBuf> {
    if let Some(given) =
        std::env::var_os("NETLAB_RENDEZVOUS").filter(|given| !given.is_empty())
    {
        return Ok(given.into());
    }
    let current = fs::canonicalize(std::env::current_dir()?)?;
    let hash = fnv1a(current.as_os_str().as_encoded_bytes());
    let user = nix::unistd::geteuid();
    Ok(std::env::temp_dir().join(format!("netlab-{user}-{hash:016x}")))
}

/// A hash that is the same in every process and in every build: the one of the
/// standard library may change with the compiler.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_directory_are_refused() {
        for name in ["", "..", "a/b", "A", "имя", "a b", ".hidden"] {
            let error = check(name).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
        assert!(check("echo-v2").is_ok());
    }

    #[test]
    fn hash_is_the_published_one() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
