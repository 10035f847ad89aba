//! What a server leaves behind when it ends: nothing.
//!
//! In a binary of its own, with one test, because it looks at all threads and
//! all sockets of the process.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use netlab::ServerHandle;
use netlab::process;
use netlab::server::{self, Limits};
use netlab::sockets;

const WATCHDOG: Duration = Duration::from_secs(5);

/// The names of all threads of this process.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task")
        .expect("read /proc")
        .flatten();
    // A thread may end between the listing and the reading.
    let name =
        |task: fs::DirEntry| fs::read_to_string(task.path().join("comm")).ok();
    tasks
        .filter_map(name)
        .map(|name| name.trim().to_owned())
        .collect()
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("read /proc").count()
}

/// Waits for the kernel's tables: a thread that has been joined is listed for
/// another moment.
#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + WATCHDOG;
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "{what}: {:?}\n{}",
            threads(),
            table()
        );
        thread::yield_now();
    }
}

fn table() -> sockets::SocketTable {
    sockets::own().expect("socket table")
}

fn connect(server: &ServerHandle) -> TcpStream {
    let mut client = TcpStream::connect(server.addr()).expect("connect");
    client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
    client.write_all(b"ping\n").expect("send");
    client
}

fn served(mut client: &TcpStream) {
    client.read_exact(&mut [0; 5]).expect("answer");
}

#[test]
fn ended_server_leaves_no_thread_no_process_no_port_and_no_descriptor() {
    let models: [fn(TcpListener, Limits) -> io::Result<ServerHandle>; 4] = [
        server::iterative::serve_with,
        server::forking::serve_with,
        server::threaded::serve_with,
        server::tokio_tasks::serve_with,
    ];
    let ends: [fn(ServerHandle); 3] = [
        |server| server.stop().expect("stop"),
        drop,
        |server| {
            let mut client = connect(&server);
            // The iterative server never comes to this client.
            if server.model() == "iterative" {
                return server.stop().expect("stop");
            }
            client.write_all(b"stop\n").expect("send");
            // Leaving with the echo unread would send RST, and that would
            // take the command back if the server has not read it yet.
            served(&client);
            assert!(server.join_timeout(WATCHDOG).expect("join"), "{server}");
        },
    ];
    for serve in models {
        for end in ends {
            let before = open_descriptors();
            let listener = server::bind("127.0.0.1:0").expect("bind");
            let server = serve(listener, Limits::default()).expect("serve");
            let addr = server.addr();
            let (first, second) = (connect(&server), connect(&server));
            served(&first);
            if server.model() != "iterative" {
                served(&second);
            }
            let thread = match server.model() {
                "forking" => "netlab-log",
                _ => "netlab-accept",
            };
            assert!(
                threads().iter().any(|name| name == thread),
                "{:?}",
                threads()
            );

            end(server);
            eventually("a thread is left", || {
                !threads().iter().any(|name| name.starts_with("netlab"))
            });
            let tree = process::tree().expect("tree");
            assert_eq!(tree.len(), 1, "a process is left:\n{tree}");
            eventually("the port is still open", || {
                !table().sockets.iter().any(|socket| socket.local == addr)
            });
            drop((first, second));
            assert_eq!(open_descriptors(), before, "descriptors leak");
        }
    }
}
