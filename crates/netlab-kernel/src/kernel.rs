//! What the tasks of the sockets and the threads of the engine share.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::analyst::Analyst;
use crate::cells::{Cell, Cells};
use crate::engine::{Commands, Namespace, Notebook};
use crate::history::History;
use crate::input::Input;
use crate::link::Link;
use crate::output::Output;
use crate::publisher::Publisher;
use crate::wire::{Origin, Outgoing, Request};

/// One kernel: everything but the engine itself.
pub(crate) struct Kernel {
    pub(crate) publisher: Publisher,
    pub(crate) shell: Replies,
    pub(crate) control: Replies,
    pub(crate) commands: Commands,
    pub(crate) cells: Cells,
    pub(crate) output: Arc<Output>,
    pub(crate) input: Input,
    pub(crate) history: History,
    pub(crate) namespace: Namespace,
    pub(crate) notebook: Notebook,
    pub(crate) link: Arc<Link>,
    pub(crate) analyst: Analyst,
    /// Where `evcxr` compiles.
    pub(crate) build_dir: PathBuf,
    /// The process is about to end: nothing new is begun.
    pub(crate) closing: AtomicBool,
    /// The process of the lab that this kernel belongs to, once it is known.
    pub(crate) lab: OnceLock<i32>,
}

/// The way to the clients of the shell, control or stdin socket.
#[derive(Clone)]
pub(crate) struct Replies(pub(crate) UnboundedSender<Answer>);

/// What waits for such a socket.
pub(crate) enum Answer {
    Message(Outgoing),
    /// Answered when everything before it has been sent.
    Flush(oneshot::Sender<()>),
}

impl Replies {
    /// Answers a request.
    pub(crate) fn reply(&self, request: &Request, content: Value) {
        self.send(Outgoing::reply(
            &request.reply_kind(),
            content,
            &request.origin,
        ));
    }

    /// Sends a message to the client that it names.
    pub(crate) fn send(&self, message: Outgoing) {
        // At the very end the socket goes before the threads that reply.
        let _ = self.0.send(Answer::Message(message));
    }

    /// Waits until everything so far has been sent.
    pub(crate) async fn flush(&self) {
        let (done, sent) = oneshot::channel();
        if self.0.send(Answer::Flush(done)).is_ok() {
            let _ = sent.await;
        }
    }
}

impl Kernel {
    /// Handles a request that is answered at once: busy, the reply, idle.
    pub(crate) fn aside(
        self: &Arc<Self>,
        replies: &Replies,
        request: &Request,
        answer: impl FnOnce() -> Option<Value>,
    ) {
        self.cells.beside(&request.origin, || {
            if let Some(content) = answer() {
                replies.reply(request, content);
            }
        });
    }

    /// Shows something that a cell showed as output, not as its result.
    pub(crate) fn publish_display(&self, cell: &Cell, data: Option<Value>) {
        if let (false, Some(data)) = (cell.silent, data) {
            let content = json!({
                "data": data,
                "metadata": {},
                "transient": {},
            });
            let origin = cell.origin.as_ref();
            self.publisher.send("display_data", content, origin);
        }
    }

    /// Says, in a cell that waits for the engine, what the engine does.
    pub(crate) fn progress(&self, step: &'static str) {
        self.cells.next_step(step, |origin| {
            self.show_progress(step, origin, "update_display_data");
        });
    }

    /// Shows in a cell that it waits, and for what.
    pub(crate) fn begin_progress(&self) {
        self.cells.begin_progress(|step, origin| {
            self.show_progress(step, origin, "display_data");
        });
    }

    fn show_progress(&self, step: &str, origin: &Origin, kind: &str) {
        let content = json!({
            "data": { "text/plain": format!("Ядро готовится: {step}…") },
            "metadata": {},
            "transient": { "display_id": "netlab-start" },
        });
        self.publisher.send(kind, content, Some(origin));
    }

    /// Takes the words about waiting away.
    pub(crate) fn clear_progress(&self, origin: &Origin) {
        if self.cells.end_progress() {
            self.clear_output(origin);
        }
    }

    /// Takes all that a cell shows away.
    pub(crate) fn clear_output(&self, origin: &Origin) {
        let content = json!({ "wait": false });
        self.publisher.send("clear_output", content, Some(origin));
    }
}
