//! The servers of the contests, each in a process of its own.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{self, Command};
use std::thread;

use netlab::ServerHandle;
use netlab::nix::sys::resource::{UsageWho, getrusage};
use netlab::nix::sys::time::TimeValLike;
use netlab::server::{self, Limits};

use crate::bare;
use crate::descriptors;
use crate::line::{self, Line};

/// The server that is a Python script.
pub(crate) const PYTHON: &str = "python threaded";

/// Limits that no contest reaches; the timeouts are those of every notebook.
fn limits() -> Limits {
    Limits {
        max_clients: 10_000,
        ..Limits::default()
    }
}

/// Starts a server in a process of its own; returns its address, too.
///
/// The process answers every line with the time, in microseconds, that it has
/// spent in its own code and in the system.
pub(crate) fn start(name: &str) -> io::Result<(Line, String)> {
    let mut server = if name == PYTHON {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
        let script = benches.join("servers").join("python_threaded.py");
        Line::to(Command::new("python3").arg(script))?
    } else {
        Line::to_ourselves(&["serve", name])?
    };
    let addr = server.hear()?;
    Ok((server, addr))
}

/// The life of such a process.
pub(crate) fn serve(name: &str) -> io::Result<()> {
    descriptors::raise_limit()?;
    let handle = match name {
        "netlab iterative" => ours(server::iterative::serve_with),
        "netlab forking" => ours(server::forking::serve_with),
        "netlab threaded" => ours(server::threaded::serve_with),
        "netlab tokio" => ours(server::tokio_tasks::serve_with),
        "bare iterative" => theirs(bare::iterative::serve),
        "bare forking" => theirs(bare::forking::serve),
        "bare threaded" => theirs(bare::threaded::serve),
        "bare tokio" => theirs(bare::tokio_tasks::serve),
        _ => Err(io::Error::other(format!("no server `{name}`"))),
    }?;
    line::answer(|_| {
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let user = usage.user_time().num_microseconds();
        let system = usage.system_time().num_microseconds();
        Ok((user as f64, system as f64))
    })?;
    drop(handle);
    // A bare server cannot be stopped in any other way.
    process::exit(0);
}

fn ours(
    serve: fn(TcpListener, Limits) -> io::Result<ServerHandle>,
) -> io::Result<Option<ServerHandle>> {
    let server = serve(server::bind("127.0.0.1:0")?, limits())?;
    println!("{}", server.addr());
    Ok(Some(server))
}

fn theirs(
    serve: fn(TcpListener) -> io::Result<()>,
) -> io::Result<Option<ServerHandle>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    thread::spawn(move || serve(listener));
    Ok(None)
}
