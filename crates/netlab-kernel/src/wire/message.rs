//! What comes in and what goes out, as a header and JSON.

use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use jupyter_protocol::{Header, JupyterMessage, UnknownMessage};
use jupyter_zmq_client::RawMessage;
use serde_json::{Value, json};

/// The version of the protocol that this kernel speaks.
pub(crate) const PROTOCOL: &str = "5.4";

/// A message from a client.
pub(crate) struct Request {
    /// What it asks, `kernel_info_request` for example.
    pub(crate) kind: String,
    pub(crate) content: Value,
    /// The cell of the notebook that it is about, as JupyterLab names it.
    pub(crate) cell_id: Option<String>,
    pub(crate) origin: Origin,
}

/// Who sent a request: what its replies and its outputs refer to.
#[derive(Clone)]
pub(crate) struct Origin(Arc<Parent>);

struct Parent {
    identities: Vec<Bytes>,
    header: Header,
}

impl Origin {
    /// The identifier that the client gave to its message.
    pub(crate) fn id(&self) -> &str {
        &self.0.header.msg_id
    }
}

impl Request {
    /// Reads a message whose signature has been verified.
    pub(super) fn of(raw: RawMessage) -> Result<Self> {
        let [header, _parent, metadata, content, ..] = raw.jparts.as_slice()
        else {
            anyhow::bail!("a message of {} parts", raw.jparts.len());
        };
        let header: Header =
            serde_json::from_slice(header).context("a malformed header")?;
        let content =
            serde_json::from_slice(content).context("malformed content")?;
        let metadata: Value =
            serde_json::from_slice(metadata).unwrap_or_default();
        Ok(Self {
            kind: header.msg_type.clone(),
            content,
            cell_id: metadata["cellId"].as_str().map(str::to_owned),
            origin: Origin(Arc::new(Parent {
                identities: raw.zmq_identities,
                header,
            })),
        })
    }

    /// A member of the content that is a text; empty when it is missing.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.content[member].as_str().unwrap_or_default()
    }

    /// A member of the content that is a switch.
    pub(crate) fn switch(&self, member: &str, default: bool) -> bool {
        self.content[member].as_bool().unwrap_or(default)
    }

    /// The kind of the reply, `kernel_info_reply` for example.
    pub(crate) fn reply_kind(&self) -> String {
        match self.kind.strip_suffix("_request") {
            Some(subject) => format!("{subject}_reply"),
            None => format!("{}_reply", self.kind),
        }
    }
}

/// A message to one client or to all of them.
pub(crate) struct Outgoing(pub(super) Box<JupyterMessage>);

impl Outgoing {
    /// For the client that sent `origin`, on the socket that it came by.
    pub(crate) fn reply(kind: &str, content: Value, origin: &Origin) -> Self {
        let mut message = Self::new(kind, content, Some(origin));
        message.0.zmq_identities.clone_from(&origin.0.identities);
        message
    }

    /// For all clients; `origin` is what caused it.
    pub(crate) fn publication(
        kind: &str,
        content: Value,
        origin: Option<&Origin>,
    ) -> Self {
        let mut message = Self::new(kind, content, origin);
        // The first part is the topic that subscriptions are compared with.
        message.0.zmq_identities = vec![Bytes::from(format!("kernel.{kind}"))];
        message
    }

    /// The greeting of a new subscriber, which must match its subscription.
    pub(super) fn welcome(topic: &str) -> Self {
        let content = json!({ "subscription": topic });
        let mut message = Self::new("iopub_welcome", content, None);
        message.0.zmq_identities =
            vec![Bytes::copy_from_slice(topic.as_bytes())];
        message
    }

    fn new(kind: &str, content: Value, origin: Option<&Origin>) -> Self {
        let content = UnknownMessage {
            msg_type: kind.to_owned(),
            content,
        };
        let mut message = JupyterMessage::new(content, None);
        message.header.username = "kernel".to_owned();
        message.header.version = PROTOCOL.to_owned();
        message.parent_header = origin.map(|origin| origin.0.header.clone());
        Self(Box::new(message))
    }

    /// The identifier that an answer to this message names as its parent.
    pub(crate) fn id(&self) -> &str {
        &self.0.header.msg_id
    }
}
