//! Child processes: of `in_child`, and of a literal `fork` on a leash.
//!
//! In a binary of its own, and one test after the other: a leash holds every
//! `fork` of the whole process.

#![allow(unsafe_code)] // A test of what guards `fork` must call it.

mod children;
mod leash;
mod roles;
mod tree;

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use netlab::ServerHandle;
use netlab::nix::errno::Errno;
use netlab::nix::sys::prctl;
use netlab::nix::sys::signal::{SigSet, Signal, kill, raise};
use netlab::nix::sys::wait::{WaitStatus, waitpid};
use netlab::nix::unistd::{ForkResult, Pid, fork, getpid};
use netlab::parking_lot::{Mutex, MutexGuard};
use netlab::process::{self, ProcessTree};
use netlab::server;

const WATCHDOG: Duration = Duration::from_secs(10);

/// A limit that is reached at once.
const SHORT: Duration = Duration::from_millis(50);

static ALONE: Mutex<()> = Mutex::new(());

/// Keeps the other tests waiting.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock()
}

fn children() -> usize {
    process::tree().expect("tree").len() - 1
}

fn forever() -> ! {
    loop {
        thread::park();
    }
}

/// Kinder than `unsafe` in every line.
fn literal_fork() -> ForkResult {
    // SAFETY: the other threads of this process are tests that wait for a
    // lock, and the children below only write, wait and exit.
    unsafe { fork() }.expect("fork")
}
