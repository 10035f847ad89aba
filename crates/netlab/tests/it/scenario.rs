//! What the scenarios share: clients with a watchdog, and waiting for something
//! without sleeping.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use netlab::ServerHandle;
use netlab::server::{self, Limits};
use netlab::trace::{CloseReason, Event, EventKind};

use crate::models::Serve;
pub(crate) use crate::models::{CONCURRENT, MODELS};

/// The only time constant: when it is over the test has failed. Nothing waits
/// for it when all is well.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(5);

/// Starts a server on a port of the system's choice.
pub(crate) fn start(serve: Serve) -> ServerHandle {
    start_with(serve, Limits::default())
}

pub(crate) fn start_with(serve: Serve, limits: Limits) -> ServerHandle {
    let listener = server::bind("127.0.0.1:0").expect("bind to port 0");
    serve(listener, limits).expect("serve")
}

/// Connects a client whose reads and writes end with an error in time.
pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&addr, WATCHDOG).expect("connect");
    watch(&stream);
    stream
}

pub(crate) fn watch(stream: &TcpStream) {
    stream
        .set_read_timeout(Some(WATCHDOG))
        .expect("read timeout");
    stream
        .set_write_timeout(Some(WATCHDOG))
        .expect("write timeout");
}

/// Sends `request` and reads exactly as many bytes as `answer` has.
#[track_caller]
pub(crate) fn exchange(mut client: &TcpStream, request: &[u8], answer: &[u8]) {
    client.write_all(request).expect("send");
    let mut bytes = vec![0; answer.len()];
    client.read_exact(&mut bytes).expect("answer");
    assert_eq!(text(&bytes), text(answer));
}

/// Reads until the server closes.
#[track_caller]
pub(crate) fn rest(mut client: &TcpStream) -> String {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).expect("end of stream");
    text(&bytes)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until the server has recorded an event of this kind.
#[track_caller]
pub(crate) fn wait_for(
    server: &ServerHandle,
    wanted: impl Fn(&EventKind) -> bool,
) {
    let any = |events: &[Event]| events.iter().any(|event| wanted(&event.kind));
    assert!(
        server.recorder().wait_for(WATCHDOG, any),
        "no such event:\n{server}"
    );
}

/// Waits until the server has closed a client for this reason.
#[track_caller]
pub(crate) fn wait_for_close(server: &ServerHandle, reason: CloseReason) {
    let wanted = EventKind::Closed { reason };
    wait_for(server, |kind| *kind == wanted);
}

/// Waits for something that announces itself by no event: the kernel's tables.
#[track_caller]
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + WATCHDOG;
    while !condition() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        thread::yield_now();
    }
}

/// The variable that tells a child of this binary which part it plays.
pub(crate) const ROLE: &str = "NETLAB_TEST_ROLE";

/// A command that runs one test of this binary in a process of its own.
pub(crate) fn child(test: &str, role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ROLE, role);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Whether this process is the child that plays this part.
pub(crate) fn plays(role: &str) -> bool {
    std::env::var(ROLE).is_ok_and(|given| given == role)
}

/// Runs a child to its end and returns what it printed.
#[track_caller]
pub(crate) fn output(mut command: Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("start a child");
    let (stdout, stderr) = (text(&stdout), text(&stderr));
    assert!(status.success(), "{status}\n{stdout}\n{stderr}");
    stdout
}
