//! The socket table and the accept queue.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use netlab::socket2::{Domain, Socket, Type};
use netlab::sockets::{AcceptQueue, accept_queue, own, owner_of};

use crate::scenario::{connect, eventually};

#[test]
fn queue_of_listen_2_fills_and_empties() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .expect("bind");
    socket.listen(2).expect("listen");
    let listener = TcpListener::from(socket);
    let addr = listener.local_addr().expect("address");
    assert_eq!(
        accept_queue(&listener).expect("queue"),
        AcceptQueue {
            len: 0,
            limit: Some(2)
        }
    );

    let _clients: Vec<TcpStream> = (0..2).map(|_| connect(addr)).collect();
    // A connection is in the queue once the last packet of the handshake has
    // arrived, a moment after `connect` has returned.
    eventually("both are in the queue", || {
        accept_queue(&listener).expect("queue").len == 2
    });
    assert_eq!(
        accept_queue(&listener).expect("queue").to_string(),
        "очередь accept: 2 из 2"
    );

    let _accepted = listener.accept().expect("accept");
    assert_eq!(accept_queue(&listener).expect("queue").len, 1);
}

#[test]
fn queue_of_a_socket_that_does_not_listen_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let client = connect(listener.local_addr().expect("address"));
    let error = accept_queue(&client).expect_err("no listener");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn queue_over_ipv6_is_read_too() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        return; // A machine without IPv6 has nothing to show.
    };
    assert_eq!(accept_queue(&listener).expect("queue").len, 0);
}

#[test]
fn table_shows_states_addresses_and_unread_bytes() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    let mut client = connect(addr);
    let (server, peer) = listener.accept().expect("accept");
    client.write_all(b"ping").expect("send");

    let find = |local: SocketAddr, remote: Option<SocketAddr>| {
        let table = own().expect("table");
        table
            .sockets
            .into_iter()
            .find(|s| s.local == local && s.remote == remote)
    };
    assert_eq!(find(addr, None).expect("listener").state, "LISTEN");
    eventually("four bytes wait to be read", || {
        find(addr, Some(peer))
            .is_some_and(|s| s.state == "ESTABLISHED" && s.recv_q == 4)
    });
    drop(client);
    eventually("the peer has closed", || {
        find(addr, Some(peer)).is_some_and(|s| s.state == "CLOSE_WAIT")
    });
    drop(server);
    assert_eq!(find(addr, Some(peer)), None);
}

#[test]
fn owner_of_a_port_is_found_and_nobody_else() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = listener.local_addr().expect("address").port();
    assert_eq!(owner_of(port).expect("owner").pid, std::process::id());
    assert_eq!(owner_of(0), None);
}
