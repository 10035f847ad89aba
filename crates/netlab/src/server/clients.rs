//! The clients that a server serves at the moment.

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// So many clients at a time are a crowd: what they leave behind in the heap is
/// worth being looked for.
const CROWD: usize = 256;

/// A connected client, as [`ServerHandle::clients`](super::ServerHandle::clients) reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The address of the client's end of the connection.
    pub peer: SocketAddr,
    /// How long it has been connected.
    pub since: Duration,
    /// Bytes received from it.
    pub received: u64,
    /// Bytes sent to it.
    pub sent: u64,
}

/// Counts the bytes of one connection; only its session does.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    // Relaxed is enough: these are figures for a reader's eye, nothing else is
    // decided by them.
    received: AtomicU64,
    sent: AtomicU64,
}

impl Traffic {
    pub(super) fn add_received(&self, bytes: usize) {
        add(&self.received, bytes);
    }

    pub(super) fn add_sent(&self, bytes: usize) {
        add(&self.sent, bytes);
    }
}

/// Adds to a figure that nobody else changes. `fetch_add` would wait for the
/// memory, and with thousands of clients it is in no cache.
fn add(figure: &AtomicU64, bytes: usize) {
    let sum = figure.load(Ordering::Relaxed) + bytes as u64;
    figure.store(sum, Ordering::Relaxed);
}

#[derive(Debug)]
struct Connected {
    peer: SocketAddr,
    since: Instant,
    traffic: Arc<Traffic>,
    /// What a blocked thread is woken through. Tasks need none: they can be
    /// cancelled at any `await`, a thread in `read(2)` cannot.
    stream: Option<Arc<TcpStream>>,
}

/// The list of connected clients, shared by a server and its handle.
#[derive(Debug, Default)]
pub(super) struct Clients {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    next_id: u64,
    connected: BTreeMap<u64, Connected>,
    /// The most at a time since a crowd has left.
    most: usize,
    /// Once set, nobody is added: a connection accepted in the same moment in
    /// which the server stops would otherwise be missed by `shut_down`.
    closed: bool,
}

impl Clients {
    /// Adds a client; `None` if the server is stopping.
    pub(super) fn add(
        &self,
        peer: SocketAddr,
        traffic: &Arc<Traffic>,
        stream: Option<Arc<TcpStream>>,
    ) -> Option<u64> {
        let mut list = self.list.lock();
        if list.closed {
            return None;
        }
        let id = list.next_id;
        list.next_id += 1;
        let traffic = Arc::clone(traffic);
        list.connected.insert(
            id,
            Connected {
                peer,
                since: Instant::now(),
                traffic,
                stream,
            },
        );
        list.most = list.most.max(list.connected.len());
        Some(id)
    }

    pub(super) fn remove(&self, id: u64) {
        self.list.lock().connected.remove(&id);
    }

    /// Tells, once for each crowd, whether all of it has left.
    pub(super) fn crowd_has_left(&self) -> bool {
        let mut list = self.list.lock();
        let has_left = list.connected.is_empty() && list.most >= CROWD;
        if has_left {
            list.most = 0;
        }
        has_left
    }

    pub(super) fn count(&self) -> usize {
        self.list.lock().connected.len()
    }

    pub(super) fn info(&self) -> Vec<ClientInfo> {
        let list = self.list.lock();
        let info = |client: &Connected| ClientInfo {
            peer: client.peer,
            since: client.since.elapsed(),
            received: client.traffic.received.load(Ordering::Relaxed),
            sent: client.traffic.sent.load(Ordering::Relaxed),
        };
        list.connected.values().map(info).collect()
    }

    /// Ends every connection and admits no new one.
    ///
    /// `shutdown(2)` acts on the connection, not on the descriptor: a thread
    /// that is blocked in `read` on it gets 0 bytes, one in `write` gets
    /// `EPIPE`. Closing the descriptor would wake nobody.
    pub(super) fn shut_down(&self) {
        let mut list = self.list.lock();
        list.closed = true;
        for client in list.connected.values() {
            if let Some(stream) = &client.stream {
                // ENOTCONN: the client has broken the connection off already.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}
