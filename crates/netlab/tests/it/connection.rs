//! One connection of a blocking server, without a server around it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use netlab::server::{Flow, Session, connection};
use netlab::trace::Recorder;

use crate::scenario::connect;

/// A wait that is meant to run out.
const SHORT: Duration = Duration::from_millis(50);

/// A client, and the server's end of its connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let client = connect(listener.local_addr().expect("address"));
    let (stream, _) = listener.accept().expect("accept");
    (client, stream)
}

/// Sets a short write timeout and writes until the buffers of this direction
/// have taken no more for that long.
fn fill(mut stream: &TcpStream) {
    stream.set_write_timeout(Some(SHORT)).expect("timeout");
    while stream.write(&[b'x'; 4096]).is_ok() {}
}

/// A session for the client at the other end of `stream`.
fn session(stream: &TcpStream) -> Session {
    Session::new(stream.peer_addr().expect("address"), &Recorder::new())
}

#[test]
fn command_whose_answer_finds_no_room_is_done() {
    let (mut client, stream) = pair();
    fill(&stream);
    client.write_all(b"hi\nstop\n").expect("send");
    let flow = connection::handle(&stream, &mut session(&stream));
    assert_eq!(flow.expect("handle"), Flow::Stop);
}
