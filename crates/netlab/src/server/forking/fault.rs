//! The classic faults of forking servers, to be looked at.

use std::fmt;

/// A fault that [`serve_faulty`](super::serve_faulty) reproduces.
///
/// Each is a line that is easily forgotten. The server with the fault is as
/// bounded as the one without, and is cleaned up in the same way.
///
/// # Examples
///
/// ```
/// use netlab::server::{self, Limits, forking::{self, Fault}};
///
/// let listener = server::bind("127.0.0.1:0")?;
/// let server = forking::serve_faulty(listener, Limits::default(), Fault::NoReaping)?;
/// println!("{}: {}", Fault::NoReaping, server.processes()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The child has no `_exit`: after its client it goes back to `accept` and
    /// becomes a second server, whose children become servers as well.
    ///
    /// There are at most `max_clients` children in all.
    ChildKeepsAccepting,
    /// Nobody calls `waitpid`: every child that has ended remains as a zombie.
    ///
    /// Zombies count as children: when there are `max_clients` of them, the
    /// server turns every client away.
    NoReaping,
    /// The child does not close the listening socket, and nobody ends the
    /// children when the server ends: SIGINT ends the server process (what
    /// Ctrl-C does in a terminal), and its port stays busy as long as a child
    /// is there.
    ListenerKept,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChildKeepsAccepting => {
                "потомок после клиента снова зовёт accept"
            }
            Self::NoReaping => "никто не зовёт waitpid",
            Self::ListenerKept => "потомок не закрывает слушающий сокет",
        })
    }
}
