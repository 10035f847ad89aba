//! An iterative server: one connection after another, in one thread.
//!
//! It costs nothing and serves nobody but the current client: a second one
//! connects (the kernel completes the handshake), sends, and waits in the
//! accept queue. `threaded.rs` changes one line: who calls `serve_client`.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use super::accepting::{Failures, Next};
use super::connection::{self, Flow};
use super::control::Control;
use super::running;
use super::{Limits, ServerHandle};

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
/// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{server}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(listener: TcpListener) -> io::Result<ServerHandle> {
    serve_with(listener, Limits::default())
}

/// Serves a bound listener, one connection after another.
///
/// Starts one thread, `netlab-accept`, that calls [`accept(2)`] and then serves
/// the client itself. `max_clients` changes nothing here.
///
/// [`accept(2)`]: https://man7.org/linux/man-pages/man2/accept.2.html
///
/// # Errors
///
/// - `InvalidInput`: a limit is zero.
/// - `PermissionDenied`: the listener can be reached from other machines.
/// - The thread cannot be started.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits};
/// use std::time::Duration;
///
/// let limits = Limits { read_timeout: Some(Duration::from_secs(3)), ..Limits::default() };
/// let server = server::iterative::serve_with(server::bind("127.0.0.1:0")?, limits)?;
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
    let control = Control::new("iterative", addr, Some(Arc::clone(&listener)));
    running::start(control, move |control| {
        accept_loop(&listener, limits, control)
    })
}

fn accept_loop(listener: &TcpListener, limits: Limits, control: &Arc<Control>) {
    let mut failures = Failures::default();
    loop {
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
        serve_client(stream, peer, limits, control);
    }
}

/// Serves one client. Its error ends the client, never the loop.
fn serve_client(
    stream: TcpStream,
    peer: SocketAddr,
    limits: Limits,
    control: &Arc<Control>,
) {
    let stream = Arc::new(stream);
    let Some(mut session) =
        control.open_session(peer, Some(Arc::clone(&stream)))
    else {
        return;
    };
    let flow = limits
        .apply(&stream)
        .and_then(|()| connection::handle(&stream, &mut session));
    // An error is in the log already.
    if let Ok(Flow::Stop) = flow {
        control.request_stop();
    }
}
