//! What a server does when the process has no descriptor left.
//!
//! In a binary of its own, with one test: the limit is that of the process.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use netlab::ServerHandle;
use netlab::nix::errno::Errno;
use netlab::nix::sys::resource::{
    Resource, UsageWho, getrlimit, getrusage, setrlimit,
};
use netlab::nix::sys::time::TimeValLike;
use netlab::server;
use netlab::socket2::{Domain, Socket, Type};
use netlab::trace::{Event, EventKind};

const WATCHDOG: Duration = Duration::from_secs(5);

/// How long a client waits in vain for the server that has no descriptor.
const IN_VAIN: Duration = Duration::from_millis(500);

/// Takes every descriptor that the process may still have.
fn exhaust() -> Vec<File> {
    let mut files = Vec::new();
    loop {
        match File::open("/dev/null") {
            Ok(file) => files.push(file),
            Err(error) => {
                assert_eq!(error.raw_os_error(), Some(Errno::EMFILE as i32));
                return files;
            }
        }
    }
}

/// The processor time that the process has used, in milliseconds.
fn processor_time() -> i64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage");
    (usage.user_time() + usage.system_time()).num_milliseconds()
}

fn failures(server: &ServerHandle) -> usize {
    let failed =
        |event: &&Event| matches!(event.kind, EventKind::AcceptFailed { .. });
    server.log().events().iter().filter(failed).count()
}

fn wait_for_failure(server: &ServerHandle) {
    let failed =
        |event: &Event| matches!(event.kind, EventKind::AcceptFailed { .. });
    let any = |events: &[Event]| events.iter().any(failed);
    assert!(server.recorder().wait_for(WATCHDOG, any), "{server}");
}

#[test]
fn server_without_descriptors_does_not_spin_and_recovers() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("getrlimit");
    setrlimit(Resource::RLIMIT_NOFILE, 128, hard).expect("setrlimit");

    for model in ["iterative", "threaded", "tokio"] {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let addr = listener.local_addr().expect("address");
        // Made now: there will be no descriptor for it later.
        let socket =
            Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");

        // A blocked `accept4` has reserved its descriptor already, so the
        // blocking servers must start when there is none. A runtime needs some
        // for itself, and reserves none.
        let (server, files) = match model {
            "iterative" => {
                let files = exhaust();
                (server::iterative::serve(listener).expect("serve"), files)
            }
            "threaded" => {
                let files = exhaust();
                (server::threaded::serve(listener).expect("serve"), files)
            }
            _ => {
                let server =
                    server::tokio_tasks::serve(listener).expect("serve");
                (server, exhaust())
            }
        };
        socket
            .connect(&addr.into())
            .expect("the kernel completes the handshake");
        let mut client = TcpStream::from(socket);
        client.write_all(b"ping").expect("send");
        wait_for_failure(&server);

        // The client waits in the queue, and the server waits as well: a loop
        // that tries again and again would use all of this time.
        let before = processor_time();
        client.set_read_timeout(Some(IN_VAIN)).expect("timeout");
        let error = client.read(&mut [0; 4]).expect_err("nobody can accept");
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        let used = processor_time() - before;
        assert!(
            used < 100,
            "{model}: {used} ms of processor time in {IN_VAIN:?}"
        );
        assert_eq!(
            failures(&server),
            1,
            "a row of failures is one event:\n{server}"
        );
        assert!(
            server.log().to_string().contains("кончились дескрипторы"),
            "{server}"
        );

        drop(files);
        client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
        let mut answer = [0; 4];
        client.read_exact(&mut answer).expect("served after all");
        assert_eq!(&answer, b"ping");

        // And once more, for the way out: no descriptor, and stop.
        drop(client);
        let files = exhaust();
        server.stop().expect("stop");
        drop(files);
    }
}
