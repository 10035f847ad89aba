//! Servers that echo and do nothing else, as short as they can be written.

pub(crate) mod forking;
pub(crate) mod iterative;
pub(crate) mod threaded;
pub(crate) mod tokio_tasks;

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Bytes read at a time, as many as netlab's servers read.
pub(crate) const BUFFER: usize = 4096;

/// Echoes until the client closes its side.
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; BUFFER];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}
