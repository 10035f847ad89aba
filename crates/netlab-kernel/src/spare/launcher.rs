//! The process that Jupyter has started, in front of a spare kernel.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal as Unix, kill};
use nix::unistd::Pid;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::hand_over::READY;
use super::offer::{NOTICE, Notice, is_the_same_user};
use super::{Fit, HandOver, Signal, wanted};
use crate::front_end::Starter;

/// How long a spare kernel may take to bind its sockets.
const PATIENCE: Duration = Duration::from_millis(300);

/// How long the end of a process may take.
const END: Duration = Duration::from_secs(5);

/// Uses a spare kernel for the connection file, if one is wanted, there, and
/// fits; returns the exit code when that kernel has ended. None means that
/// this process has to be the kernel itself.
pub(crate) fn run(connection_file: &Path, root: &Path) -> Option<u8> {
    if wanted() == 0 {
        return None;
    }
    let file = fs::canonicalize(connection_file).ok()?;
    let hand_over = HandOver::of_this_process(file);
    let fit = Fit::of_this_process().ok()?;
    let starter = Starter::now();
    let kernel = notices(root)
        .filter(|notice| notice.fit == fit)
        .find_map(|notice| adopt(&notice.socket, &hand_over))?;
    Some(serve(kernel, starter))
}

/// How many spare kernels are there already for kernels like this one.
pub(super) fn count(root: &Path, fit: &Fit) -> usize {
    notices(root)
        .filter(|notice| notice.fit.is_like(fit))
        .count()
}

/// The spare kernels below the root.
fn notices(root: &Path) -> impl Iterator<Item = Notice> {
    fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| fs::read(entry.ok()?.path().join(NOTICE)).ok())
        .filter_map(|text| serde_json::from_slice(&text).ok())
}

fn adopt(path: &PathBuf, hand_over: &HandOver) -> Option<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None).ok()?;
    socket.set_write_timeout(Some(PATIENCE)).ok()?;
    socket.connect(&SockAddr::unix(path).ok()?).ok()?;
    if !is_the_same_user(&socket) {
        return None;
    }
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut answer = [0];
    let answered = hand_over
        .send(&socket)
        .and_then(|()| (&socket).read(&mut answer));
    match answered {
        Ok(1) if answer[0] == READY => {
            socket.set_read_timeout(None).ok()?;
            Some(socket)
        }
        // It has ended, or gives itself to another launcher.
        Ok(_) => None,
        Err(error) => {
            if error.kind() == ErrorKind::WouldBlock {
                end(&socket);
            }
            None
        }
    }
}

/// Ends a kernel that hangs: it must not take the ports later.
fn end(socket: &Socket) {
    let Ok(peer) = rustix::net::sockopt::socket_peercred(socket) else {
        return;
    };
    let _ = kill(Pid::from_raw(peer.pid.as_raw_pid()), Unix::SIGKILL);
    let _ = socket.set_read_timeout(Some(END));
    let mut rest = [0];
    while (&mut &*socket)
        .read(&mut rest)
        .is_ok_and(|length| length > 0)
    {}
}

/// Is the kernel for whoever started this process, until it ends.
fn serve(kernel: Socket, starter: Starter) -> u8 {
    let kernel = Arc::new(kernel);
    let (ended, end) = oneshot::channel();
    let listening = kernel.clone();
    std::thread::spawn(move || {
        let mut code = [1];
        // The second read is the end of the process.
        while (&*listening).read(&mut code).is_ok_and(|length| length > 0) {}
        let _ = ended.send(code[0]);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return 1 };
    runtime.block_on(async {
        let (Ok(mut interrupts), Ok(mut terminates)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            return end.await.unwrap_or(1);
        };
        let tell = |signal: Signal| {
            let _ = (&*kernel).write(&[signal as u8]);
        };
        let mut end = end;
        loop {
            tokio::select! {
                code = &mut end => return code.unwrap_or(1),
                _ = interrupts.recv() => tell(Signal::Interrupt),
                _ = terminates.recv() => tell(Signal::Terminate),
                () = starter.gone() => return 1,
            }
        }
    })
}
