//! Scenarios for the whole crate, in one binary: linking is what costs.

mod scenario;

mod binding;
mod client;
mod crowd;
mod display;
mod echo;
mod endings;
mod guard;
mod python_client;
mod rendezvous;
mod runtime;
mod sockets;
mod stopping;
