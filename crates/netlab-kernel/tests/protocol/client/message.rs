//! Messages as the client writes and reads them.

use jupyter_zmq_client::{
    JupyterMessage, JupyterMessageContent, RawMessage, UnknownMessage,
};
use serde_json::Value;

/// A message of the kernel.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) kind: String,
    /// The identifier of the request that it belongs to; empty without one.
    pub(crate) parent: String,
    pub(crate) content: Value,
    pub(super) header: Value,
    pub(super) parent_header: Value,
}

impl Message {
    /// Reads a message whose signature has been verified.
    pub(super) fn of(raw: &RawMessage) -> Self {
        let part = |n: usize| -> Value {
            serde_json::from_slice(&raw.jparts[n]).unwrap()
        };
        let text =
            |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (header, parent_header) = (part(0), part(1));
        Self {
            kind: text(&header["msg_type"]),
            parent: text(&parent_header["msg_id"]),
            content: part(3),
            header,
            parent_header,
        }
    }

    /// `busy` or `idle` of a status; empty for everything else.
    pub(super) fn state(&self) -> &str {
        match self.kind.as_str() {
            "status" => self.content["execution_state"].as_str().unwrap(),
            _ => "",
        }
    }
}

/// A message to the kernel.
pub(crate) fn message(kind: &str, content: Value) -> JupyterMessage {
    let content = UnknownMessage {
        msg_type: kind.to_owned(),
        content,
    };
    JupyterMessage::new(JupyterMessageContent::UnknownMessage(content), None)
}
