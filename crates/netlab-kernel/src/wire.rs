//! The Jupyter wire protocol; everything that `jupyter-zmq-client` does for us
//! is in here, so that it can be replaced without touching the rest.
//!
//! The crate's sockets, signatures and headers are used as they are. Contents
//! are plain JSON instead of the crate's types: a request that lacks a member
//! which has a default (`unique` of a history search, `silent`) would
//! otherwise not be parsed, and so never be answered.

mod iopub;
mod message;
mod relay;
mod socket;

pub(crate) use iopub::Publication;
pub(crate) use jupyter_protocol::ConnectionInfo;
pub(crate) use message::{Origin, Outgoing, PROTOCOL, Request};
pub(crate) use socket::{Receiver, Sender, Sockets};
