//! A threaded server: a thread per connection.
//!
//! Each client costs a thread (a stack, and a place in the scheduler), so there
//! must be a limit, and the threads must be joined. `tokio_tasks.rs` keeps the
//! structure and replaces the threads by tasks.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use super::accepting::{Failures, Next};
use super::connection::{self, Flow};
use super::control::Control;
use super::lingering::Lingering;
use super::running;
use super::threads::Threads;
use super::{Limits, ServerHandle};
use crate::process;

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
/// let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{server}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(listener: TcpListener) -> io::Result<ServerHandle> {
    serve_with(listener, Limits::default())
}

/// Serves a bound listener with a thread per connection.
///
/// Starts a thread `netlab-accept` that calls [`accept(2)`], and a thread
/// `netlab-client` ([`clone(2)`]) for each client. A client beyond
/// `max_clients` gets a line of text and is closed.
///
/// [`accept(2)`]: https://man7.org/linux/man-pages/man2/accept.2.html
/// [`clone(2)`]: https://man7.org/linux/man-pages/man2/clone.2.html
///
/// # Errors
///
/// - `InvalidInput`: a limit is zero.
/// - `PermissionDenied`: the listener can be reached from other machines.
/// - The accept thread cannot be started.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits};
///
/// let limits = Limits { max_clients: 2, ..Limits::default() };
/// let server = server::threaded::serve_with(server::bind("127.0.0.1:0")?, limits)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve_with(
    listener: TcpListener,
    limits: Limits,
) -> io::Result<ServerHandle> {
    let limits = limits.checked()?;
    // A listener made with socket2 may be non-blocking; this loop would spin.
    listener.set_nonblocking(false)?;
    let addr = running::address(&listener)?;
    let listener = Arc::new(listener);
    let control = Control::new("threaded", addr, Some(Arc::clone(&listener)));
    running::start(control, move |control| {
        accept_loop(&listener, limits, control)
    })
}

fn accept_loop(listener: &TcpListener, limits: Limits, control: &Arc<Control>) {
    let mut failures = Failures::default();
    let threads = Arc::new(Threads::default());
    let mut lingering = Lingering::new();
    loop {
        lingering.wait_for_client(listener);
        let (stream, peer) = match listener.accept() {
            // A client that came in the same moment in which the server was
            // stopped is not served any more.
            _ if control.is_stopping() => break,
            Ok(accepted) => accepted,
            Err(error) => match failures.judge(&error, &control.recorder) {
                Next::Again => continue,
                Next::Pause(time) => {
                    control.wait_for_stop(time);
                    continue;
                }
                Next::GiveUp => break,
            },
        };
        failures.over();
        // Threads that are done are not joined here but join each other; see
        // `threads.rs`.
        if control.clients.count() >= limits.max_clients {
            connection::refuse(
                &stream,
                peer,
                limits.max_clients,
                &control.recorder,
            );
            lingering.add(stream);
            continue;
        }
        if let Err(error) =
            serve_client(stream, peer, limits, control, &threads)
        {
            // EAGAIN: the system allows no further thread. The client has been
            // dropped with the closure; the next one may have better luck.
            failures.no_thread(&error, &control.recorder);
        }
    }
    // The server may have given up by itself; its clients must end all the
    // same, or the joins below would wait for them.
    control.request_stop();
    threads.join();
    if control.clients.crowd_has_left() {
        process::give_memory_back();
    }
}

/// Starts the thread of one client; none if the server is stopping.
fn serve_client(
    stream: TcpStream,
    peer: SocketAddr,
    limits: Limits,
    control: &Arc<Control>,
    threads: &Arc<Threads>,
) -> io::Result<()> {
    let stream = Arc::new(stream);
    // The session is opened here and not in the thread: the next client must
    // be counted against a list that this one is on.
    let Some(session) = control.open_session(peer, Some(Arc::clone(&stream)))
    else {
        return Ok(());
    };
    // On the heap the sessions lie side by side. On the stacks each would have
    // a page of its own, above the buffer, and the processor knows by heart
    // where some hundreds of pages are, not those of a thousand threads.
    let mut session = Box::new(session);
    let server = Arc::clone(control);
    threads.spawn(control, "netlab-client", move || {
        let flow = limits
            .apply(&stream)
            .and_then(|()| connection::handle(&stream, &mut session));
        // An error is in the log already.
        if let Ok(Flow::Stop) = flow {
            server.request_stop();
        }
    })
}
