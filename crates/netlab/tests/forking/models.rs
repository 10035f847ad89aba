//! The one model of this binary.

use std::io;
use std::net::TcpListener;

use netlab::ServerHandle;
use netlab::server::{self, Limits};

/// A way to serve.
pub(crate) type Serve = fn(TcpListener, Limits) -> io::Result<ServerHandle>;

pub(crate) const MODELS: [(&str, Serve); 1] =
    [("forking", server::forking::serve_with)];

pub(crate) const CONCURRENT: [(&str, Serve); 1] = MODELS;
