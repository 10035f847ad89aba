//! The async twin of `lingering.rs`, for the tokio server.
//!
//! A task per refused client waits for its close, and the accept loop need not
//! know of it. What is left to do here is to keep their number in bounds.

use std::collections::VecDeque;

use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time;

use super::async_connection;
use super::lingering::{MOST, TIME};

/// The tasks of the refused clients, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Lingering {
    tasks: VecDeque<JoinHandle<()>>,
}

impl Lingering {
    /// Takes over a connection whose sending side is closed.
    pub(super) async fn add(&mut self, mut stream: TcpStream) {
        self.tasks.retain(|task| !task.is_finished());
        if self.tasks.len() == MOST
            && let Some(oldest) = self.tasks.pop_front()
        {
            oldest.abort();
            // Its connection is closed when a worker gets round to it. A loop
            // that did not wait for that would outrun the workers.
            let _ = oldest.await;
        }
        self.tasks.push_back(tokio::spawn(async move {
            let drain = async_connection::drain(&mut stream);
            let _ = time::timeout(TIME, drain).await;
        }));
    }
}

impl Drop for Lingering {
    /// Closes all of them: a stopping server waits for none.
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
