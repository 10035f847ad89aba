//! Pages of a file in the address space: the only unsafe code of `ipc`.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::fcntl::posix_fallocate;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

use crate::ipc::refusal::explain_errno;

/// The size of a word in bytes.
const WORD: usize = size_of::<AtomicU64>();

/// Most words of one mapping: 64 MiB.
const MOST: usize = 1 << 23;

/// Memory that this process shares with its children and with everybody else
/// who maps the same file.
///
/// It is a slice of [`AtomicU64`]. Plain numbers would be a data race with the
/// other process, which the compiler knows nothing of; an atomic is the same
/// eight bytes, and both sides may load and store it at any time.
///
/// A child made by `fork` after this has the same pages. Dropping it calls
/// [`munmap(2)`] in this process only.
///
/// [`munmap(2)`]: https://man7.org/linux/man-pages/man2/munmap.2.html
///
/// # Examples
///
/// ```
/// use netlab::ipc::shared_memory::{Mapping, nameless};
/// use std::sync::atomic::Ordering;
///
/// let file = nameless()?;
/// let (one, other) = (Mapping::of_file(&file, 4)?, Mapping::of_file(&file, 4)?);
/// one[3].store(42, Ordering::Release);
/// assert_eq!(other[3].load(Ordering::Acquire), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<c_void>,
    words: NonZeroUsize,
}

// SAFETY: the pages belong to the process and not to a thread, and everything
// that can be done with them through `&Mapping` is atomic.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `words` words of a file, which grows if it is shorter.
    ///
    /// Corresponds to [`posix_fallocate(3)`] and [`mmap(2)`] with `MAP_SHARED`.
    /// The first makes room at once: in a file that has only been given a
    /// length, the first store to a full disk would kill the process with
    /// `SIGBUS`. So does any access after somebody has shortened the file.
    ///
    /// [`posix_fallocate(3)`]: https://man7.org/linux/man-pages/man3/posix_fallocate.3.html
    /// [`mmap(2)`]: https://man7.org/linux/man-pages/man2/mmap.2.html
    ///
    /// # Errors
    ///
    /// - `InvalidInput`: `words` is zero or more than 64 MiB.
    /// - There is no room for the file, or it is not open for writing.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::ipc::shared_memory::{Mapping, nameless};
    ///
    /// assert_eq!(Mapping::of_file(&nameless()?, 512)?.len(), 512);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn of_file(file: &File, words: usize) -> io::Result<Self> {
        let words = NonZeroUsize::new(words)
            .filter(|words| words.get() <= MOST)
            .ok_or_else(|| {
                let text = format!(
                    "слов: {words}, а отобразить можно от 1 до {MOST} \
                     (слово – 8 байтов)"
                );
                io::Error::new(io::ErrorKind::InvalidInput, text)
            })?;
        let bytes = bytes(words);
        // Lossless: at most 64 MiB.
        posix_fallocate(file, 0, bytes.get() as i64)
            .map_err(explain_errno("posix_fallocate"))?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the address is of the system's choice, so nothing that is in
        // use is replaced. The mapping keeps the file alive, and the file is
        // as long as the mapping.
        let start = unsafe {
            mmap(None, bytes, protection, MapFlags::MAP_SHARED, file, 0)
        };
        let start = start.map_err(explain_errno("mmap"))?;
        Ok(Self { start, words })
    }

    /// Copies bytes in, beginning at the word `first`; the last word is filled
    /// up with zeros.
    ///
    /// The bytes are ordered by nothing: that they may be read must be said by
    /// another word, stored with [`Ordering::Release`] afterwards.
    ///
    /// # Panics
    ///
    /// Panics if they do not fit, as a slice does.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::ipc::shared_memory::{Mapping, nameless};
    ///
    /// let memory = Mapping::of_file(&nameless()?, 4)?;
    /// memory.copy_in(1, b"ping-pong");
    /// let mut bytes = [0; 9];
    /// memory.copy_out(1, &mut bytes);
    /// assert_eq!(&bytes, b"ping-pong");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn copy_in(&self, first: usize, bytes: &[u8]) {
        let words = &self[first..][..bytes.len().div_ceil(WORD)];
        let (whole, rest) = bytes.as_chunks::<WORD>();
        for (word, bytes) in words.iter().zip(whole) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        if let (false, Some(word)) = (rest.is_empty(), words.last()) {
            let mut bytes = [0; WORD];
            bytes[..rest.len()].copy_from_slice(rest);
            word.store(u64::from_ne_bytes(bytes), Ordering::Relaxed);
        }
    }

    /// Copies bytes out, beginning at the word `first`.
    ///
    /// What is read is what the other side has written only if a word that was
    /// loaded before with [`Ordering::Acquire`] has said so.
    ///
    /// # Panics
    ///
    /// Panics if there are not so many, as a slice does.
    ///
    /// # Examples
    ///
    /// See [`copy_in`](Self::copy_in).
    pub fn copy_out(&self, first: usize, bytes: &mut [u8]) {
        let words = &self[first..][..bytes.len().div_ceil(WORD)];
        let (whole, rest) = bytes.as_chunks_mut::<WORD>();
        for (word, bytes) in words.iter().zip(whole) {
            *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        if let (false, Some(word)) = (rest.is_empty(), words.last()) {
            let word = word.load(Ordering::Relaxed).to_ne_bytes();
            rest.copy_from_slice(&word[..rest.len()]);
        }
    }
}

fn bytes(words: NonZeroUsize) -> NonZeroUsize {
    // Neither is zero, and `of_file` has refused what could overflow.
    words.saturating_mul(NonZeroUsize::new(WORD).unwrap_or(NonZeroUsize::MIN))
}

impl Deref for Mapping {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        let start = self.start.as_ptr().cast::<AtomicU64>();
        // SAFETY: so many words are mapped for reading and writing until the
        // mapping is dropped, and pages are aligned to more than a word. Every
        // pattern of bits is an `AtomicU64`, and other processes may change it.
        unsafe { slice::from_raw_parts(start, self.words.get()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        let bytes = bytes(self.words).get();
        // SAFETY: exactly this was mapped, and every reference into it has
        // borrowed from the mapping that is being dropped.
        let unmapped = unsafe { munmap(self.start, bytes) };
        debug_assert_eq!(unmapped, Ok(()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::shared_memory::nameless;

    #[test]
    fn bytes_come_out_as_they_went_in() -> io::Result<()> {
        let memory = Mapping::of_file(&nameless()?, 4)?;
        for length in 0..=24 {
            let bytes: Vec<u8> = (1..=length).collect();
            memory.copy_in(1, &bytes);
            let mut copy = vec![0; bytes.len()];
            memory.copy_out(1, &mut copy);
            assert_eq!(copy, bytes);
        }
        assert_eq!(memory[0].load(Ordering::Relaxed), 0, "not overwritten");
        Ok(())
    }

    #[test]
    #[should_panic(expected = "out of range")]
    fn bytes_beyond_the_end_are_refused() {
        let file = nameless().expect("shared memory");
        let memory = Mapping::of_file(&file, 2).expect("mapping");
        memory.copy_in(1, &[0; 9]);
    }

    #[test]
    fn no_words_and_too_many_words_are_refused() -> io::Result<()> {
        for words in [0, MOST + 1, usize::MAX] {
            let error =
                Mapping::of_file(&nameless()?, words).expect_err("refused");
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
        Ok(())
    }
}
