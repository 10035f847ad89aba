//! The runtime for cells.

use netlab::tokio::io::{AsyncReadExt, AsyncWriteExt};
use netlab::tokio::net::{TcpListener, TcpStream};
use netlab::tokio::time::timeout;
use netlab::{block_on, runtime};

use crate::scenario::WATCHDOG;

#[test]
fn tasks_go_on_between_two_calls() {
    let rt = runtime().expect("runtime");
    let (addr, server) = block_on(&rt, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let addr = listener.local_addr().expect("address");
        let server = netlab::tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("accept");
            stream.write_all(b"hello").await.expect("send");
        });
        (addr, server)
    });
    let greeting = block_on(&rt, async {
        let mut text = String::new();
        let mut stream = TcpStream::connect(addr).await.expect("connect");
        let read = stream.read_to_string(&mut text);
        timeout(WATCHDOG, read)
            .await
            .expect("in time")
            .expect("read");
        text
    });
    assert_eq!(greeting, "hello");
    block_on(&rt, server).expect("server");
}

#[test]
fn future_may_borrow() {
    let rt = runtime().expect("runtime");
    let mut text = String::from("a");
    block_on(&rt, async { text.push('b') });
    assert_eq!(text, "ab");
}

#[test]
fn server_can_be_started_from_within_a_task() {
    let rt = runtime().expect("runtime");
    let server = block_on(&rt, async {
        let listener = netlab::server::bind("127.0.0.1:0").expect("bind");
        netlab::server::tokio_tasks::serve(listener).expect("serve")
    });
    server.stop().expect("stop");
}
