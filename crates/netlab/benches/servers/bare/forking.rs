//! A process per connection.

#![allow(unsafe_code)] // `fork` is unsafe.

use std::io;
use std::net::TcpListener;

use netlab::nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use netlab::nix::unistd::{ForkResult, fork};
use netlab::process::exit_now;

pub(crate) fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        // SAFETY: the child only reads, writes and calls `_exit`, which are
        // async-signal-safe.
        match unsafe { fork() }? {
            ForkResult::Parent { .. } => drop(stream),
            ForkResult::Child => {
                let done = super::echo(stream);
                exit_now(i32::from(done.is_err()));
            }
        }
        // Zombies remain until the next client; nothing simpler reaps them.
        while let Ok(WaitStatus::Exited(..)) =
            waitpid(None, Some(WaitPidFlag::WNOHANG))
        {}
    }
}
