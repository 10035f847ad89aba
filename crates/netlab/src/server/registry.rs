//! The running servers of this process, for taking a port over.
//!
//! evcxr builds the new value of a variable before it drops the old one. A
//! cell that starts a server on a fixed port would therefore fail each time it
//! is run again: its own old server still has the port. So `bind` looks here
//! and stops the old one first.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::running::Running;
use crate::trace::EventKind;

/// All servers that have a handle. Weak, because the handles own the servers:
/// a server must stop when its handle is dropped, not live on in this list.
static SERVERS: Mutex<Vec<Weak<Running>>> = Mutex::new(Vec::new());

pub(super) fn add(server: &Arc<Running>) {
    let mut servers = SERVERS.lock();
    servers.retain(|server| server.strong_count() > 0);
    servers.push(Arc::downgrade(server));
}

/// Stops the server of this process that stands in the way of a bind to
/// `wanted`, if there is one.
pub(super) fn take_over(wanted: SocketAddr) {
    let running = |server: &Arc<Running>| {
        let addr = server.control.addr;
        addr.port() == wanted.port()
            && addr.ip() == wanted.ip()
            && !server.control.has_ended()
    };
    // The lock is released before the server is stopped: that takes time, and
    // its handle may be dropped by another thread meanwhile.
    let old = SERVERS
        .lock()
        .iter()
        .filter_map(Weak::upgrade)
        .find(running);
    if let Some(old) = old {
        old.control.recorder.record(None, EventKind::TakenOver);
        // Fails if a thread has panicked, and then the port is free as well.
        let _ = old.stop();
    }
}
