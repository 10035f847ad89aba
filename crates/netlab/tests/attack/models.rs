//! The models that every attack is made on.

use std::io;
use std::net::TcpListener;

use netlab::ServerHandle;
use netlab::server::{self, Limits};

/// A way to serve: one of the models.
pub(crate) type Serve = fn(TcpListener, Limits) -> io::Result<ServerHandle>;

/// The models, under the names their handles give.
pub(crate) const MODELS: [(&str, Serve); 4] = [
    ("iterative", server::iterative::serve_with),
    ("forking", server::forking::serve_with),
    ("threaded", server::threaded::serve_with),
    ("tokio", server::tokio_tasks::serve_with),
];

/// Those that serve several clients at a time.
pub(crate) const CONCURRENT: [(&str, Serve); 3] =
    [MODELS[1], MODELS[2], MODELS[3]];

/// The one that has processes beside the notebook.
pub(crate) const FORKING: [(&str, Serve); 1] = [MODELS[1]];
