//! What all clients are told.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{
    UnboundedReceiver, UnboundedSender, unbounded_channel,
};
use tokio::sync::oneshot;

use crate::channel::Stream;
use crate::wire::{Origin, Outgoing, Publication};

/// How long the last messages may take: a client that reads nothing must not
/// keep the kernel from ending.
const END: Duration = Duration::from_secs(1);

/// The way to the iopub socket, from any thread.
///
/// The queue has no bound: it is the output of cells that could fill it, and
/// that is cut before it comes here.
#[derive(Clone)]
pub(crate) struct Publisher(UnboundedSender<Publication>);

impl Publisher {
    /// A publisher and the queue that its socket empties.
    pub(crate) fn new() -> (Self, UnboundedReceiver<Publication>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }

    /// Publishes a message; `origin` is the request that caused it.
    pub(crate) fn send(
        &self,
        kind: &str,
        content: Value,
        origin: Option<&Origin>,
    ) {
        let message = Outgoing::publication(kind, content, origin);
        // At the very end the socket goes before the threads that publish.
        let _ = self.0.send(Publication::Message(message));
    }

    /// Publishes `starting`, `busy` or `idle`.
    pub(crate) fn status(&self, state: &str, origin: Option<&Origin>) {
        self.send("status", json!({ "execution_state": state }), origin);
    }

    /// Publishes text of a cell.
    pub(crate) fn stream(&self, stream: Stream, text: &str, origin: &Origin) {
        let name = match stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        let content = json!({ "name": name, "text": text });
        self.send("stream", content, Some(origin));
    }

    /// Waits until everything published so far has been sent, at most for a
    /// moment, and closes the socket.
    pub(crate) async fn end(&self) {
        let (done, sent) = oneshot::channel();
        if self.0.send(Publication::End(done)).is_ok() {
            let _ = tokio::time::timeout(END, sent).await;
        }
    }
}
