//! Clients with a watchdog on everything that can block.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use netlab::socket2::SockRef;

/// When it is over the test has failed. Nothing waits for it when all is well.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(20);

/// "At once" on a machine that is busy elsewhere. What has to wait for hostile
/// clients would take for ever.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(10);

/// How long a look at a table of the kernel is apart from the next one.
const LOOK: Duration = Duration::from_millis(2);

/// Connects a client whose reads and writes end with an error in time.
#[track_caller]
pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    try_connect(addr).expect("connect")
}

pub(crate) fn try_connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, WATCHDOG)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    stream.set_write_timeout(Some(WATCHDOG))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends `request` and reads exactly as many bytes as `answer` has.
#[track_caller]
pub(crate) fn exchange(mut client: &TcpStream, request: &[u8], answer: &[u8]) {
    client.write_all(request).expect("send");
    let mut bytes = vec![0; answer.len()];
    client.read_exact(&mut bytes).expect("answer");
    assert!(
        bytes == answer,
        "{:?} came back as {:?}",
        String::from_utf8_lossy(answer),
        String::from_utf8_lossy(&bytes)
    );
}

/// Reads until the server closes.
#[track_caller]
pub(crate) fn rest(mut client: &TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).expect("end of stream");
    bytes
}

/// A client as it should be: it is answered, leaves, and is let go.
#[track_caller]
pub(crate) fn visit(addr: SocketAddr) {
    let client = connect(addr);
    exchange(&client, b"ping", b"ping");
    client.shutdown(Shutdown::Write).expect("half-close");
    assert_eq!(rest(&client), b"");
}

/// Closes so that the peer gets RST instead of FIN: with a linger time of zero.
pub(crate) fn reset(client: TcpStream) {
    SockRef::from(&client)
        .set_linger(Some(Duration::ZERO))
        .expect("linger");
    drop(client);
}

/// Waits for something that announces itself by no event: a table of the
/// kernel.
#[track_caller]
pub(crate) fn eventually(what: &str, condition: impl FnMut() -> bool) {
    assert!(happens(condition), "never happened: {what}");
}

/// Waits in the same way; returns whether it has happened.
pub(crate) fn happens(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + WATCHDOG;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        // Without a pause the looking would take the processor from those who
        // are looked at.
        thread::park_timeout(LOOK);
    }
    true
}
