//! Keeps the clients of one socket apart: none waits for another.
//!
//! The socket to all clients sends a message to one after the other, and goes
//! on when the message is in the buffers of the connection. A client that reads
//! nothing would hold up all others. So the socket listens inside this process,
//! and each client has a relay in between, which always takes what the socket
//! sends and keeps it until the client reads.

use std::io::Result;
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, tcp, unix};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::socket::AFTER_FAILURE;

/// How much may wait for a client, which is more than one cell can show. A
/// client that is further behind is dropped.
///
/// It connects anew by itself when it reads again; what was published in
/// between is lost for it, as `zmq_setsockopt(3)` has it for `ZMQ_SNDHWM`.
const LIMIT: usize = 64 * 1024 * 1024;

/// How long a client may read nothing although something waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much is taken at once.
const PIECE: usize = 64 * 1024;

/// The relays of one socket.
pub(super) struct Relays {
    accepting: JoinHandle<()>,
    /// Dropped when the socket sends nothing more.
    open: watch::Sender<()>,
    /// Closed when the last relay has ended.
    at_work: Receiver<()>,
}

/// What each relay is given.
#[derive(Clone)]
struct Task {
    open: watch::Receiver<()>,
    _at_work: Sender<()>,
}

impl Relays {
    /// Relays clients of `outside`; gives the listener that the socket adopts.
    ///
    /// # Errors
    ///
    /// When the system has no more sockets.
    pub(super) fn start(outside: TcpListener) -> Result<(Self, UnixListener)> {
        // `TCP_USER_TIMEOUT`, see `tcp(7)`; accepted connections inherit it.
        SockRef::from(&outside).set_tcp_user_timeout(Some(PATIENCE))?;
        outside.set_nonblocking(true)?;
        let outside = tokio::net::TcpListener::from_std(outside)?;

        let inside = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        // The system chooses a name that is no file, see `unix(7)`.
        inside.bind(&SockAddr::unix("")?)?;
        inside.listen(128)?;
        let place = inside.local_addr()?;

        let (open, watch) = watch::channel(());
        let (at_work, ended) = channel(1);
        let task = Task {
            open: watch,
            _at_work: at_work,
        };
        let relays = Self {
            accepting: tokio::spawn(accept(outside, place, task)),
            open,
            at_work: ended,
        };
        Ok((relays, inside.into()))
    }

    /// Waits until the clients have what the socket has sent so far.
    pub(super) async fn end(mut self) {
        self.accepting.abort();
        drop(self.open);
        while self.at_work.recv().await.is_some() {}
    }
}

async fn accept(outside: tokio::net::TcpListener, place: SockAddr, task: Task) {
    loop {
        let Ok((client, _)) = outside.accept().await else {
            tokio::time::sleep(AFTER_FAILURE).await;
            continue;
        };
        // A client whose connection fails tries again by itself.
        if let Ok(socket) = connect(&place)
            && client.set_nodelay(true).is_ok()
        {
            tokio::spawn(relay(client, socket, task.clone()));
        }
    }
}

fn connect(place: &SockAddr) -> Result<tokio::net::UnixStream> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Never waits: a full listener is an error.
    socket.set_nonblocking(true)?;
    socket.connect(place)?;
    tokio::net::UnixStream::from_std(UnixStream::from(socket))
}

/// Passes on what the two say, until one of them leaves.
async fn relay(
    client: TcpStream,
    socket: tokio::net::UnixStream,
    mut task: Task,
) {
    let (mut from_client, to_client) = client.into_split();
    let (from_socket, mut to_socket) = socket.into_split();
    tokio::select! {
        // Subscriptions.
        _ = tokio::io::copy(&mut from_client, &mut to_socket) => {}
        _ = publish(from_socket, to_client, &mut task.open) => {}
    }
}

async fn publish(
    mut socket: unix::OwnedReadHalf,
    mut client: tcp::OwnedWriteHalf,
    open: &mut watch::Receiver<()>,
) -> Result<()> {
    let mut ends = false;
    let mut piece = vec![0; PIECE];
    let mut waiting = BytesMut::new();
    while waiting.len() <= LIMIT {
        tokio::select! {
            read = socket.read(&mut piece) => match read? {
                0 => return client.write_all(&waiting).await,
                length => waiting.extend_from_slice(&piece[..length]),
            },
            written = client.write(&waiting), if !waiting.is_empty() => {
                waiting.advance(written?);
            }
            _ = open.changed(), if !ends => {
                // What is in the buffer can still be read.
                SockRef::from(socket.as_ref()).shutdown(Shutdown::Read)?;
                ends = true;
            }
        }
    }
    Ok(())
}
