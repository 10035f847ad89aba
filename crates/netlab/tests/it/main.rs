//! Scenarios for the whole crate, in one binary: linking is what costs.

mod models;
mod scenario;

mod binding;
mod client;
mod commands;
mod connection;
mod crowd;
mod display;
mod durations;
mod echo;
mod endings;
mod gil;
mod guard;
mod interrupted;
mod lock;
mod python_client;
mod race;
mod refusing;
mod rendezvous;
mod runtime;
mod sockets;
mod stopping;
mod total_time;
mod writing;
