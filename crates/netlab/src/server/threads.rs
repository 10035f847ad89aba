//! The threads of the clients, each joined soon after it has ended.
//!
//! A thread that has ended keeps its stack until somebody joins it: two
//! mebibytes of addresses, and some sixteen kibibytes of memory that it has
//! touched. The accept loop cannot do it, because it sleeps until the next
//! client comes, and after ten thousand have left there may be none for hours.
//! So every thread, as its last deed, joins the one that has ended before it.

use std::collections::HashMap;
use std::io;
use std::mem;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::control::Control;
use crate::process;

/// The threads of one server.
#[derive(Debug, Default)]
pub(super) struct Threads {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    next_id: u64,
    running: HashMap<u64, JoinHandle<()>>,
    /// The one that has ended last.
    ended: Option<JoinHandle<()>>,
}

impl Threads {
    /// Starts a thread of the server.
    pub(super) fn spawn(
        self: &Arc<Self>,
        control: &Arc<Control>,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        // Locked until the thread is on the list: it may end at once.
        let mut list = self.list.lock();
        let id = list.next_id;
        list.next_id += 1;
        let (threads, server) = (Arc::clone(self), Arc::clone(control));
        let thread = control.spawn(name, move || {
            let _last_deed = LastDeed {
                threads,
                id,
                server,
            };
            body();
        })?;
        list.running.insert(id, thread);
        Ok(())
    }

    /// Joins all threads; nobody may start one any more.
    pub(super) fn join(&self) {
        let List { running, ended, .. } = mem::take(&mut *self.list.lock());
        running.into_values().chain(ended).for_each(join);
    }
}

/// What a thread does in the end, after a panic as well.
struct LastDeed {
    threads: Arc<Threads>,
    id: u64,
    server: Arc<Control>,
}

impl Drop for LastDeed {
    fn drop(&mut self) {
        let mut list = self.threads.list.lock();
        // If it is not there, `Threads::join` waits for us already.
        let Some(own) = list.running.remove(&self.id) else {
            return;
        };
        let ended = list.ended.replace(own);
        let is_last = list.running.is_empty();
        drop(list);
        ended.into_iter().for_each(join);
        if is_last && self.server.clients.crowd_has_left() {
            process::give_memory_back();
        }
    }
}

/// Joins a thread. One that panicked has reported it on stderr and ended its
/// client; that is no reason to end the server.
fn join(thread: JoinHandle<()>) {
    let _ = thread.join();
}
