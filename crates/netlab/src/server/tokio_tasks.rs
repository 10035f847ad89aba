//! A tokio server: a task per connection.
//!
//! A task costs a few hundred bytes, and two threads run them all. The price is
//! that nothing in a task may block, and that timeouts and the stop signal are
//! no longer properties of the socket but futures to be awaited. The structure
//! is that of `threaded.rs`.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time;

use super::accepting::{Failures, Next};
use super::async_connection;
use super::async_lingering::Lingering;
use super::connection::Flow;
use super::control::{Control, CountedThread};
use super::running;
use super::session::Session;
use super::{Limits, ServerHandle};
use crate::process;

/// Threads that run the tasks.
const WORKERS: usize = 2;

/// How long a stopping runtime waits for what cannot be cancelled.
const SHUTDOWN: Duration = Duration::from_secs(1);

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
/// let server = server::tokio_tasks::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{server}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(listener: StdListener) -> io::Result<ServerHandle> {
    serve_with(listener, Limits::default())
}

/// Serves a bound listener with a task per connection.
///
/// Makes a runtime of its own: a thread `netlab-accept` that runs the accept
/// loop and two threads `netlab-tokio` that run the tasks. Waiting for all
/// sockets at once is [`epoll_wait(2)`]; [`accept(2)`], `read` and `write` are
/// called when it says that they will not block.
///
/// [`accept(2)`]: https://man7.org/linux/man-pages/man2/accept.2.html
/// [`epoll_wait(2)`]: https://man7.org/linux/man-pages/man2/epoll_wait.2.html
///
/// # Errors
///
/// - `InvalidInput`: a limit is zero.
/// - `PermissionDenied`: the listener can be reached from other machines.
/// - The runtime cannot be made.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits};
///
/// let limits = Limits { max_clients: 1000, ..Limits::default() };
/// let server = server::tokio_tasks::serve_with(server::bind("127.0.0.1:0")?, limits)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve_with(
    listener: StdListener,
    limits: Limits,
) -> io::Result<ServerHandle> {
    let limits = limits.checked()?;
    // tokio requires this of us: a blocking `accept` would stop a worker.
    listener.set_nonblocking(true)?;
    let addr = running::address(&listener)?;
    let control = Control::new("tokio", addr, None);
    let runtime = runtime(&control)?;
    let listener = {
        // Registers the socket with the epoll instance of this runtime.
        let _entered = runtime.enter();
        TcpListener::from_std(listener)?
    };
    running::start(control, move |control| {
        runtime.block_on(accept_loop(listener, limits, control));
        runtime.shutdown_timeout(SHUTDOWN);
    })
}

fn runtime(control: &Arc<Control>) -> io::Result<Runtime> {
    // Counted here and not in `on_thread_start`: a worker that has not got
    // round to calling it is a thread all the same.
    let workers = (0..WORKERS).map(|_| control.count_thread());
    let counted: Mutex<Vec<CountedThread>> = Mutex::new(workers.collect());
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("netlab-tokio")
        .on_thread_stop(move || drop(counted.lock().pop()))
        .enable_all()
        .build()
}

async fn accept_loop(
    listener: TcpListener,
    limits: Limits,
    control: &Arc<Control>,
) {
    let mut failures = Failures::default();
    let mut tasks = JoinSet::new();
    let mut lingering = Lingering::default();
    let mut stop = control.stop_signal();
    let crowd_left = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            // In this order: a client that came in the same moment in which
            // the server was stopped is not served any more.
            biased;
            _ = stop.wait_for(|&stop| stop) => break,
            accepted = listener.accept() => accepted,
            // There may be no next client for hours.
            () = crowd_left.notified() => {
                while tasks.try_join_next().is_some() {}
                process::give_memory_back();
                continue;
            }
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => match failures.judge(&error, &control.recorder) {
                Next::Again => continue,
                Next::Pause(time) => {
                    let _ =
                        time::timeout(time, stop.wait_for(|&stop| stop)).await;
                    continue;
                }
                Next::GiveUp => break,
            },
        };
        failures.over();
        // Tasks that are done are joined here; without this the set would grow
        // with every client there ever was.
        while tasks.try_join_next().is_some() {}
        if control.clients.count() >= limits.max_clients {
            let mut stream = stream;
            async_connection::refuse(
                &mut stream,
                peer,
                limits.max_clients,
                &control.recorder,
            )
            .await;
            lingering.add(stream).await;
            continue;
        }
        if let Some(session) = control.open_session(peer, None) {
            let control = Arc::clone(control);
            let crowd_left = Arc::clone(&crowd_left);
            tasks.spawn(async move {
                serve_client(stream, session, limits, &control).await;
                if control.clients.crowd_has_left() {
                    crowd_left.notify_one();
                }
            });
        }
    }
    // The port is free from here on, while the clients are still leaving.
    drop(listener);
    drop(lingering);
    control.request_stop();
    // Each handler is cancelled where it awaits; no `shutdown(2)` needed. Its
    // session, which is dropped with it, records that the server has stopped.
    tasks.abort_all();
    while tasks.join_next().await.is_some() {}
    if control.clients.crowd_has_left() {
        process::give_memory_back();
    }
}

/// Serves one client. Its error ends the client, never the loop.
async fn serve_client(
    mut stream: TcpStream,
    mut session: Session,
    limits: Limits,
    control: &Arc<Control>,
) {
    let flow =
        async_connection::handle(&mut stream, &limits, &mut session).await;
    // An error is in the log already.
    if let Ok(Flow::Stop) = flow {
        control.request_stop();
    }
}
