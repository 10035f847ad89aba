//! The socket under the channel. One side listens, the other connects once.

use std::io::Result;
use std::path::Path;

use socket2::{Domain, SockAddr, Socket, Type};

use super::packet::{Message, packets};

/// How many children may wait to be accepted; there is never more than one.
const BACKLOG: i32 = 4;

/// Listens at `path`, which must not exist yet and be shorter than 108 bytes.
///
/// # Errors
///
/// Those of `bind(2)`; `InvalidInput` when the path is too long.
pub(crate) fn listen(path: &Path) -> Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
    socket.bind(&SockAddr::unix(path)?)?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// Connects to the front end that listens at `path`.
///
/// # Errors
///
/// Those of `connect(2)`.
pub(crate) fn connect(path: &Path) -> Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None)?;
    socket.connect(&SockAddr::unix(path)?)?;
    Ok(socket)
}

/// Sends a message that is not output.
///
/// # Errors
///
/// Those of `send(2)`; the other side is gone when it is `BrokenPipe` or
/// `ConnectionReset`. Never raises `SIGPIPE`.
pub(crate) fn send<M: Message>(socket: &Socket, message: &M) -> Result<()> {
    for packet in packets(message) {
        socket.send(&packet)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::{Assembler, FromChild, ToChild};
    use super::*;

    fn receive<M: Message>(mut socket: &Socket) -> Option<M> {
        let mut packet = [0; 256];
        let length = socket.read(&mut packet).unwrap();
        let packet = &packet[..length];
        (length > 0)
            .then(|| Assembler::default().take(packet).unwrap().unwrap())
    }

    #[test]
    fn messages_go_both_ways_and_the_end_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("channel");
        let listener = listen(&path).unwrap();
        let child = connect(&path).unwrap();
        let (front_end, _) = listener.accept().unwrap();

        send(&child, &FromChild::Hello { pid: 5 }).unwrap();
        let hello = receive(&front_end);
        assert_eq!(hello, Some(FromChild::Hello { pid: 5 }));

        send(&front_end, &ToChild::BeginCell { cell: 1 }).unwrap();
        let begin = receive(&child);
        assert_eq!(begin, Some(ToChild::BeginCell { cell: 1 }));

        drop(child);
        assert_eq!(receive::<FromChild>(&front_end), None);
    }

    #[test]
    fn path_that_is_too_long_is_refused() {
        let path = Path::new("/").join("x".repeat(200));
        assert!(listen(&path).is_err());
    }
}
