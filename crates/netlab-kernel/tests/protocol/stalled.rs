//! A client that reads nothing, beside one that reads.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::client::{Client, WATCHDOG};
use crate::wire::connection;

/// As much as one cell can show: much more than the buffers on the way hold.
const MUCH: &str = "use std::io::Write; let part = [b'x'; 1 << 20];
    for _ in 0..20 {
        std::io::stdout().write_all(&part)?;
        std::io::stderr().write_all(&part)?;
    };";

/// Subscribes to everything, as ZMTP 3.0 has it, and reads nothing from then.
fn stalled(client: &mut Client) -> TcpStream {
    let port = connection(client).iopub_port;
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(WATCHDOG)).unwrap();
    let mut greeting = [0; 64];
    greeting[0] = 0xff;
    greeting[9..11].copy_from_slice(&[0x7f, 3]);
    greeting[12..16].copy_from_slice(b"NULL");
    socket.write_all(&greeting).unwrap();
    // A command of 25 bytes, then a message of one.
    let ready = b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB";
    socket.write_all(ready).unwrap();
    socket.write_all(b"\x00\x01\x01").unwrap();
    assert_eq!(client.publication().kind, "iopub_welcome");
    socket
}

/// Runs [`MUCH`] and receives all of it.
fn show_much(client: &mut Client) {
    let id = client.execute(MUCH);
    let (mut bytes, mut last) = (0, client.publication());
    while last.kind == "stream" {
        bytes += last.content["text"].as_str().unwrap().len();
        last = client.publication();
    }
    assert!(bytes >= 32 << 20, "{bytes}");
    assert_eq!(last.content["execution_state"], "idle", "{last:?}");
    client.reply(&id, "execute_reply");
}

/// Reads on until something comes, or to the end of the connection.
fn reads(socket: &mut TcpStream, wanted: &[u8]) -> bool {
    let mut buffer = vec![0; 1 << 20];
    let mut kept = 0;
    loop {
        match socket.read(&mut buffer[kept..]) {
            Ok(0) => return false,
            Ok(length) => {
                let all = &buffer[..kept + length];
                if all.windows(wanted.len()).any(|part| part == wanted) {
                    return true;
                }
                let rest = all.len().min(wanted.len());
                let begin = all.len() - rest;
                buffer.copy_within(begin..begin + rest, 0);
                kept = rest;
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                return false;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn client_that_reads_nothing_holds_nobody_up() {
    let mut client = Client::start();
    let mut stalled = stalled(&mut client);
    show_much(&mut client);
    client.gives("1 + 1", "2");
    // Nobody waited for it: it had not been given up when the cell was over.
    assert!(reads(&mut stalled, b"\"idle\""));
}

#[test]
fn client_that_stays_far_behind_is_dropped() {
    let mut client = Client::start();
    let mut first = stalled(&mut client);
    for _ in 0..3 {
        show_much(&mut client);
    }
    assert!(!reads(&mut first, b"this is never said"));
    // One that stalls again keeps the kernel neither from work nor from ending.
    let _second = stalled(&mut client);
    show_much(&mut client);
    let stop = client.command("shutdown_request", json!({ "restart": false }));
    client.control_reply(&stop, "shutdown_reply");
    assert_eq!(client.kernel.wait().unwrap().code(), Some(0));
    client.forget();
}
