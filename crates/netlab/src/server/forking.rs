//! A forking server: a process per connection.
//!
//! Each client costs a process (a copy of everything, and an entry that the
//! parent must clear away), and gets what no thread has: a crash of its own.
//! `threaded.rs` keeps the structure and replaces the processes by threads.

mod fault;
mod known;
mod log;
mod news;
mod parent;
mod processes;
mod record;
mod told;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

use nix::unistd::ForkResult;

use super::accepting::{self, Failures, Next};
use super::connection::{self, Flow};
use super::{Limits, ServerHandle};
use crate::process::{self, Birth};
use crate::trace::CloseReason;

pub use fault::Fault;
use parent::{Parent, Wake};
pub(super) use processes::Processes;
use record::Record;

/// The exit code of a child whose client has sent `stop`.
const STOP: i32 = 10;

/// Serves a bound listener with [`Limits::default`].
///
/// # Errors
///
/// The same as [`serve_with`].
///
/// # Examples
///
/// ```
/// use netlab::server;
///
/// let server = server::forking::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{server}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(listener: TcpListener) -> io::Result<ServerHandle> {
    serve_with(listener, Limits::default())
}

/// Serves a bound listener with a process per connection.
///
/// Forks a server process off the notebook, because `fork` is safe only in a
/// process with one thread. The server process calls [`accept(2)`] and
/// [`fork(2)`] for each client; the child serves it and ends with [`_exit(2)`];
/// the server process reaps it with [`waitpid(2)`]. A client beyond
/// `max_clients` (at most 1024) gets a line of text and is closed.
///
/// In the notebook there is one thread, `netlab-log`, which turns what the
/// processes report through a pipe into the log of the handle. All processes
/// die with the notebook, even if that is killed. If the server process is
/// killed, its children die with it and the notebook reaps them: as long as the
/// server lives, the notebook is the parent of its orphaned descendants
/// ([`PR_SET_CHILD_SUBREAPER`]).
///
/// [`accept(2)`]: https://man7.org/linux/man-pages/man2/accept.2.html
/// [`fork(2)`]: https://man7.org/linux/man-pages/man2/fork.2.html
/// [`_exit(2)`]: https://man7.org/linux/man-pages/man2/_exit.2.html
/// [`waitpid(2)`]: https://man7.org/linux/man-pages/man2/waitpid.2.html
/// [`PR_SET_CHILD_SUBREAPER`]: https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
///
/// # Errors
///
/// - `InvalidInput`: a limit is zero.
/// - `PermissionDenied`: the listener can be reached from other machines.
/// - `WouldBlock`: the system allows no further process (`EAGAIN`).
/// - There is no thread, no descriptor or no memory for the server.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits};
///
/// let limits = Limits { max_clients: 2, ..Limits::default() };
/// let server = server::forking::serve_with(server::bind("127.0.0.1:0")?, limits)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve_with(
    listener: TcpListener,
    limits: Limits,
) -> io::Result<ServerHandle> {
    log::start(listener, limits, None)
}

/// Serves a bound listener with a server that has a classic fault.
///
/// # Errors
///
/// The same as [`serve_with`].
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits, forking::{self, Fault}};
///
/// let listener = server::bind("127.0.0.1:0")?;
/// let server = forking::serve_faulty(listener, Limits::default(), Fault::ListenerKept)?;
/// server.stop()?; // Cleans up after every fault.
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve_faulty(
    listener: TcpListener,
    limits: Limits,
    fault: Fault,
) -> io::Result<ServerHandle> {
    log::start(listener, limits, Some(fault))
}

/// The life of the server process; returns its exit code.
///
/// From here on nothing allocates and nothing takes a lock: the threads that
/// could release it have stayed behind in the notebook.
fn accept_loop(listener: TcpListener, parent: &mut Parent) -> i32 {
    let mut failures = Failures::default();
    loop {
        match parent.wait(&listener) {
            Wake::Client => {}
            Wake::Nothing => continue,
            Wake::Stop => break,
            // Children that are done are reaped here; without this they would
            // remain as zombies.
            Wake::ChildEnded => match parent.reap() {
                Flow::NextClient => continue,
                Flow::Stop => break,
            },
        }
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            // Somebody was faster: a child that keeps accepting.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => {
                let errno = told::errno(&error);
                if failures.is_new(errno) {
                    let errno = errno as i32;
                    parent.teller.tell(Record::AcceptFailed { errno });
                }
                match accepting::next(errno) {
                    Next::Again => continue,
                    Next::Pause(time) => match parent.pause(time) {
                        Flow::NextClient => continue,
                        Flow::Stop => break,
                    },
                    Next::GiveUp => break,
                }
            }
        };
        failures.over();
        if parent.is_full() {
            connection::turn_away(&stream, parent.refusal.as_bytes());
            parent.teller.tell(Record::Refused { peer });
            parent.lingering.add(stream);
            continue;
        }
        match process::fork_again(client(parent.fault)) {
            Ok(ForkResult::Parent { child }) => parent.add(child),
            // `listener` moves away, so the compiler would not let this branch
            // go back to `accept`.
            Ok(ForkResult::Child) => {
                process::exit_now(child(stream, peer, listener, parent))
            }
            // EAGAIN: the system allows no further process. The client is
            // dropped; the next one may have better luck.
            Err(errno) => {
                let errno = errno as i32;
                parent.teller.tell(Record::NoProcess { errno });
            }
        }
        // Here the parent drops its copy of the connection. As long as it held
        // one, the client would see no end of the stream.
    }
    // The port is free from here on, while the clients are still leaving.
    drop(listener);
    parent.lingering.close();
    if parent.fault != Some(Fault::ListenerKept) {
        parent.end_children();
    }
    0
}

/// How a child is born: it dies with the server process.
fn client(fault: Option<Fault>) -> Birth {
    Birth {
        name: c"netlab-client",
        limit: None,
        dies_with_parent: fault != Some(Fault::ListenerKept),
    }
}

/// The life of a child; returns its exit code.
fn child(
    stream: TcpStream,
    peer: SocketAddr,
    listener: TcpListener,
    parent: &mut Parent,
) -> i32 {
    parent.forget();
    let listener = match parent.fault {
        Some(Fault::ChildKeepsAccepting | Fault::ListenerKept) => {
            Some(listener)
        }
        // Or the port would stay busy until the last child has ended.
        None | Some(Fault::NoReaping) => {
            drop(listener);
            None
        }
    };
    let flow = serve_client(stream, peer, parent);
    // An error has been told already.
    if let Ok(CloseReason::Stop) = flow {
        return STOP;
    }
    match listener {
        Some(listener) if parent.fault == Some(Fault::ChildKeepsAccepting) => {
            parent.become_server();
            accept_loop(listener, parent)
        }
        _ => 0,
    }
}

/// Serves one client. Its error ends the child, never the server.
fn serve_client(
    stream: TcpStream,
    peer: SocketAddr,
    parent: &mut Parent,
) -> io::Result<CloseReason> {
    let mut teller = &parent.teller;
    teller.connected(peer);
    let result = parent.limits.apply(&stream).and_then(|()| {
        connection::echo(&stream, &mut teller, &mut parent.answer)
    });
    teller.closed(&result);
    result
}
