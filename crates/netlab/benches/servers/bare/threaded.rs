//! A thread per connection.

use std::io;
use std::net::TcpListener;
use std::thread;

pub(crate) fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        thread::spawn(move || super::echo(stream));
    }
}
