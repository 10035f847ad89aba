//! How many connections a process can have.

use std::io;

use netlab::nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Descriptors that a process needs beside its connections.
const OTHERS: u64 = 64;

/// Raises the limit of open descriptors to what is allowed; returns how many
/// connections fit below it.
pub(crate) fn raise_limit() -> io::Result<usize> {
    let (_, allowed) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, allowed, allowed)?;
    Ok(usize::try_from(allowed.saturating_sub(OTHERS)).unwrap_or(usize::MAX))
}
