//! Binding a port so that the error says what to do.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use super::registry;
use crate::sockets;

/// Binds a listening socket to an address of this machine.
///
/// Corresponds to [`socket(2)`], [`setsockopt(2)`] with `SO_REUSEADDR`,
/// [`bind(2)`] and [`listen(2)`] with a backlog of 128: this is
/// [`TcpListener::bind`]. Port 0 asks the system for a free port.
///
/// Two things are added. If a server of this process has the port, it is
/// stopped and the bind repeated, so a cell can be run again. And if somebody
/// else has it, the error says who.
///
/// [`socket(2)`]: https://man7.org/linux/man-pages/man2/socket.2.html
/// [`setsockopt(2)`]: https://man7.org/linux/man-pages/man2/setsockopt.2.html
/// [`bind(2)`]: https://man7.org/linux/man-pages/man2/bind.2.html
/// [`listen(2)`]: https://man7.org/linux/man-pages/man2/listen.2.html
///
/// # Errors
///
/// - `AddrInUse`: somebody has the port; the text names the process, as far as
///   `/proc` tells it, and the next step.
/// - `PermissionDenied`: the address can be reached from outside this machine,
///   or the port is below 1024.
/// - `InvalidInput` and others: the address cannot be resolved.
///
/// # Examples
///
/// ```
/// let listener = netlab::server::bind("127.0.0.1:0")?;
/// println!("{}", listener.local_addr()?);
///
/// let error = netlab::server::bind(listener.local_addr()?).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn bind(requested: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut last = None;
    for addr in requested.to_socket_addrs()? {
        match bind_one(addr) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    let nothing = || {
        io::Error::new(
            ErrorKind::InvalidInput,
            "у этого имени нет ни одного адреса",
        )
    };
    Err(last.unwrap_or_else(nothing))
}

/// Binds the address, or a free port beside it if somebody else has that port.
///
/// As [`bind`], with one difference: a port that belongs to somebody else is no
/// error, the system chooses another one on the same interface. For lessons
/// that name the port of their original: two people or two test runs on one
/// machine do not collide. Who wants to connect must ask the listener for its
/// [`local_addr`](TcpListener::local_addr), or find it by its name
/// ([`rendezvous`](crate::rendezvous)).
///
/// # Errors
///
/// As [`bind`], without `AddrInUse`.
///
/// # Examples
///
/// ```
/// let first = netlab::server::bind_or_free("127.0.0.1:0")?;
/// let taken = first.local_addr()?;
/// let second = netlab::server::bind_or_free(taken)?;
/// assert_ne!(second.local_addr()?.port(), taken.port());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn bind_or_free(requested: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let requested: Vec<SocketAddr> = requested.to_socket_addrs()?.collect();
    match bind(requested.as_slice()) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let free = requested.iter().map(|addr| (addr.ip(), 0).into());
            bind(free.collect::<Vec<SocketAddr>>().as_slice())
        }
        result => result,
    }
}

fn bind_one(addr: SocketAddr) -> io::Result<TcpListener> {
    refuse_beyond_loopback(addr)?;
    let mut result = TcpListener::bind(addr);
    if is_in_use(&result) {
        registry::take_over(addr);
        // Even if there was no server to stop: it may have ended between the
        // first attempt and the look into the registry.
        result = TcpListener::bind(addr);
    }
    result.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            io::Error::new(error.kind(), who_is_in_the_way(addr))
        }
        kind => io::Error::new(
            kind,
            format!("не удалось занять адрес {addr}: {error}"),
        ),
    })
}

fn is_in_use(result: &io::Result<TcpListener>) -> bool {
    matches!(result, Err(error) if error.kind() == ErrorKind::AddrInUse)
}

/// Refuses an address that other machines can reach.
///
/// The servers of the lessons answer everybody and obey everybody's `stop`.
/// On `0.0.0.0` that is every laptop in the room.
pub(super) fn refuse_beyond_loopback(addr: SocketAddr) -> io::Result<()> {
    if addr.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    let text = format!(
        "адрес {addr} виден другим машинам сети; серверы уроков слушают только \
         внутри этой машины: возьмите 127.0.0.1:{}",
        addr.port()
    );
    Err(io::Error::new(ErrorKind::PermissionDenied, text))
}

/// The text of the error for an address that is in use.
fn who_is_in_the_way(addr: SocketAddr) -> String {
    let port = addr.port();
    match sockets::owner_of(port) {
        Some(owner) if owner.pid == std::process::id() => format!(
            "адрес {addr} занят этим же процессом (pid {}): слушающий сокет ещё хранится \
             в переменной; освободите его – drop(переменная) – или попросите порт 0",
            owner.pid
        ),
        Some(owner) => format!(
            "адрес {addr} занят процессом {} ({}); остановите его или попросите порт 0 – \
             тогда система выберет свободный",
            owner.pid, owner.command
        ),
        None => format!(
            "адрес {addr} занят, чей это сокет – /proc не говорит; \
             попробуйте `ss -ltnp sport = :{port}` или попросите порт 0"
        ),
    }
}
