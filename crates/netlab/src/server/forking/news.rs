//! What the notebook hears: the other end of the pipe of `told.rs`.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};
use nix::unistd::Pid;

use super::record::{self, Record, SIZE};

/// Records read at a time.
const BATCH: usize = 64;

/// Bytes that the pipe is to hold. While it is full, all who have something to
/// tell wait for the notebook.
const WANTED: i32 = 256 * 1024;

/// The end of the pipe from which the notebook reads.
#[derive(Debug)]
pub(super) struct News {
    pipe: File,
    /// How many bytes the pipe holds.
    capacity: usize,
}

impl News {
    /// Takes the end of a pipe, which must be non-blocking.
    ///
    /// Enlarges the pipe if the system allows it: [`fcntl(2)`] with
    /// `F_SETPIPE_SZ` and `F_GETPIPE_SZ`.
    ///
    /// [`fcntl(2)`]: https://man7.org/linux/man-pages/man2/F_GETPIPE_SZ.2const.html
    pub(super) fn new(pipe: OwnedFd) -> io::Result<Self> {
        let _ = fcntl(&pipe, FcntlArg::F_SETPIPE_SZ(WANTED));
        let capacity = fcntl(&pipe, FcntlArg::F_GETPIPE_SZ)?;
        Ok(Self {
            pipe: File::from(pipe),
            capacity: usize::try_from(capacity).unwrap_or_default(),
        })
    }

    /// Hands on everything that was told before this call.
    ///
    /// That is no more than the pipe holds. What is told meanwhile is left for
    /// the next call: clients that never stop sending must not hold up whoever
    /// looks at the server. Returns whether there is nobody left who could
    /// tell anything.
    pub(super) fn read(&self, mut note: impl FnMut(Pid, Record<'_>)) -> bool {
        let mut records = [[0; SIZE]; BATCH];
        let mut left = self.capacity;
        while left > 0 {
            // Writes of this size are atomic, so there are whole records only.
            match (&self.pipe).read(records.as_flattened_mut()) {
                Ok(0) => return true,
                Ok(count) => {
                    let told = &records[..count / SIZE];
                    for (pid, record) in told.iter().filter_map(record::decode)
                    {
                        note(pid, record);
                    }
                    // Less than was asked for is all there was.
                    if told.len() < BATCH {
                        break;
                    }
                    left = left.saturating_sub(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        false
    }
}

impl AsFd for News {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::thread;

    use nix::fcntl::OFlag;
    use nix::poll::{PollFd, PollFlags, poll};
    use nix::unistd::{getpid, pipe2};

    use super::*;

    #[test]
    fn what_is_told_meanwhile_is_left_for_the_next_look() {
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC).expect("pipe");
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("fcntl");
        let (news, writer) =
            (News::new(reader).expect("news"), File::from(writer));
        let most = news.capacity / SIZE + BATCH;
        let record = Record::NoProcess { errno: 11 }.encode(getpid());
        // Ends with an error when nobody can read any more.
        let tell = || while (&writer).write_all(&record).is_ok() {};
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(tell);
            }
            let (mut all, mut longest) = (0, 0);
            while all < 50_000 {
                let pipe = PollFd::new(news.as_fd(), PollFlags::POLLIN);
                assert_eq!(poll(&mut [pipe], 5000_u16), Ok(1), "no news");
                let mut heard = 0;
                news.read(|_, record| {
                    // What telling does not cost: words.
                    assert!(!format!("{record:?}").is_empty());
                    heard += 1;
                });
                all += heard;
                longest = longest.max(heard);
            }
            drop(news);
            assert!(longest <= most, "{longest} records, not {most}");
        });
    }
}
