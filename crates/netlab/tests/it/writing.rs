//! The write timeout is the time for all of an answer, in every model.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use netlab::server::{self, Limits};
use netlab::socket2::{Domain, SockRef, Socket, Type};
use netlab::trace::{CloseReason, Event, EventKind};

use crate::scenario::{MODELS, wait_for_close, watch};

/// The write timeout that is meant to run out.
const SHORT: Duration = Duration::from_millis(500);

/// How often the client takes a little: many times in a write timeout.
const PACE: Duration = Duration::from_millis(20);

/// How much it takes. An answer of 4096 bytes takes more than a write timeout.
const SIP: usize = 100;

/// What it has sent.
const SENT: usize = 16 * 1024;

/// A client with a receive buffer as small as the system allows.
fn narrow(addr: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    socket.set_recv_buffer_size(1).expect("small buffer");
    socket.connect(&addr.into()).expect("connect");
    let client = TcpStream::from(socket);
    watch(&client);
    client
}

#[test]
fn client_that_sips_at_an_answer_does_not_stretch_the_write_timeout() {
    for (_, serve) in MODELS {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        // Inherited by the accepted sockets: an answer does not fit in.
        SockRef::from(&listener)
            .set_send_buffer_size(1)
            .expect("small buffer");
        let limits = Limits {
            write_timeout: Some(SHORT),
            ..Limits::default()
        };
        let server = serve(listener, limits).expect("serve");
        let mut client = narrow(server.addr());
        client.write_all(&[b'x'; SENT]).expect("send");

        let timed_out = |event: &Event| {
            let reason = CloseReason::WriteTimeout;
            event.kind == EventKind::Closed { reason }
        };
        let closed = |events: &[Event]| events.iter().any(timed_out);
        for _ in 0..SENT / SIP {
            // The close may come while this waits for a sip: an RST.
            if server.recorder().wait_for(PACE, closed)
                || client.read_exact(&mut [0; SIP]).is_err()
            {
                break;
            }
        }
        wait_for_close(&server, CloseReason::WriteTimeout);
    }
}
