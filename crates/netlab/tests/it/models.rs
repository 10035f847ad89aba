//! The models that all scenarios are played with. The forking server has a
//! binary of its own, because a process that forks should be left alone.

use std::io;
use std::net::TcpListener;

use netlab::ServerHandle;
use netlab::server::{self, Limits};

/// A way to serve: one of the models.
pub(crate) type Serve = fn(TcpListener, Limits) -> io::Result<ServerHandle>;

/// The models, under the names their handles give.
pub(crate) const MODELS: [(&str, Serve); 3] = [
    ("iterative", server::iterative::serve_with),
    ("threaded", server::threaded::serve_with),
    ("tokio", server::tokio_tasks::serve_with),
];

/// The models that serve several clients at a time.
pub(crate) const CONCURRENT: [(&str, Serve); 2] = [MODELS[1], MODELS[2]];
