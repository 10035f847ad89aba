//! The notebook's side: starts the processes, listens to them, ends them.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::Signal;
use nix::unistd::{pipe2, setpgid};

use super::parent::{self, Parent, SERVER};
use super::processes::Processes;
use super::record::Record;
use super::told::Teller;
use super::{Fault, accept_loop};
use crate::process::{self, Adoption, Birth, Lifeline};
use crate::server::control::Control;
use crate::server::running;
use crate::server::{Limits, ServerHandle};

/// How long the server process may take to end its children and itself. One
/// that is stopped takes for ever.
const PATIENCE: Duration = Duration::from_secs(1);

/// Starts the server process, and the thread that listens to it.
pub(super) fn start(
    listener: TcpListener,
    limits: Limits,
    fault: Option<Fault>,
) -> io::Result<ServerHandle> {
    let limits = limits.checked()?;
    // The server waits for clients and for signals at once, in `poll`.
    listener.set_nonblocking(true)?;
    let addr = running::address(&listener)?;
    let (processes, parent, lifeline) =
        prepare(limits, fault).map_err(process::unprepared)?;
    let control = Control::new("forking", addr, None);
    // The only call: `control` is new.
    let _ = control.processes.set(processes);
    let (forked, is_forked) = mpsc::sync_channel(1);
    // The thread forks, and not the caller: the server dies with the thread
    // that forked it, and this one stays to the end.
    let server =
        running::start_thread("netlab-log", control, move |control| {
            // From the beginning: at the moment in which the server process
            // is killed its children go to whoever has asked for them by then.
            let _adoption = Adoption::begin();
            fork_server(control, listener, parent, &forked);
            drop(lifeline);
        })?;
    let failed = || io::Error::other("поток сервера завершился паникой");
    is_forked.recv().map_err(|_| failed())??;
    Ok(server)
}

/// Makes everything for which a descriptor may be missing.
fn prepare(
    limits: Limits,
    fault: Option<Fault>,
) -> io::Result<(Processes, Parent, Lifeline)> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(reader.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let (lifeline, group_end) = process::lifeline()?;
    let parent = Parent::new(Teller::new(writer), limits, fault, group_end)?;
    let processes = Processes::new(reader, parent.limits.max_clients, fault)?;
    Ok((processes, parent, lifeline))
}

/// Forks the server process and stays with it until it has ended.
fn fork_server(
    control: &Arc<Control>,
    listener: TcpListener,
    mut parent: Parent,
    forked: &SyncSender<io::Result<()>>,
) {
    let Some(processes) = control.processes.get() else {
        return;
    };
    // Inherited by the server process, so that no signal can come too early.
    let _ = parent::signals().thread_block();
    let birth = Birth {
        name: SERVER,
        limit: None,
        dies_with_parent: true,
    };
    let server = process::fork_off(birth, move || {
        let code = match parent.settle(&listener) {
            Ok(()) => accept_loop(listener, &mut parent),
            Err(errno) => {
                let errno = errno as i32;
                parent.teller.tell(Record::AcceptFailed { errno });
                1
            }
        };
        // Before anything is dropped here: some of it is closed already.
        process::exit_now(code)
    });
    // The closure is gone, and with it this process's copy of the listener.
    match server {
        Err(errno) => {
            let _ = forked.send(Err(process::refused(errno)));
        }
        Ok(server) => {
            // The child does the same; whoever comes first.
            let _ = setpgid(server, server);
            processes.begin(control, server);
            let _ = forked.send(Ok(()));
            listen(control, processes);
            end(control, processes);
        }
    }
}

/// Listens until there is nobody left to listen to, or the server is stopped.
fn listen(control: &Arc<Control>, processes: &Processes) {
    let server_end: Option<OwnedFd> = processes.server_end();
    loop {
        let silent = processes.catch_up(control);
        if silent || control.is_stopping() || processes.has_ended() {
            return;
        }
        processes.wait(server_end.as_ref());
    }
}

/// Ends the processes that are still there, and reaps them.
fn end(control: &Arc<Control>, processes: &Processes) {
    control.request_stop();
    let server_end = processes.server_end();
    processes.signal_server(Signal::SIGTERM);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let silent = processes.catch_up(control);
        let left = deadline.saturating_duration_since(Instant::now());
        if silent || processes.server().is_none() || left.is_zero() {
            break;
        }
        processes.wait_for_news(server_end.as_ref(), left);
    }
    processes.kill_and_reap(control);
    // What the processes have told before they were killed is in the pipe.
    let deadline = Instant::now() + PATIENCE;
    while !processes.catch_up(control) {
        let left = deadline.saturating_duration_since(Instant::now());
        // Somebody else has forked while the pipe was being made, and that
        // child holds the other end.
        if left.is_zero() {
            break;
        }
        processes.wait_for_news(None, left);
    }
    processes.forget();
}
