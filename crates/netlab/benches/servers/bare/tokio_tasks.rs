//! A task per connection.

use std::io;
use std::net::TcpListener as StdListener;

use netlab::tokio::io::{AsyncReadExt, AsyncWriteExt};
use netlab::tokio::net::{TcpListener, TcpStream};
use netlab::tokio::runtime::Builder;

/// As many threads as netlab's tokio server has for its tasks.
const WORKERS: usize = 2;

pub(crate) fn serve(listener: StdListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            netlab::tokio::spawn(echo(stream));
        }
    })
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; super::BUFFER];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count]).await?,
        }
    }
}
