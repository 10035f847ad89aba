//! An attack suite: clients, and people with `kill`, against every model.
//!
//! Each attack leaves its figures (processes, threads, descriptors, memory) as
//! they were, or fails. `cargo test --test attack -- --nocapture` prints them.
//!
//! The attacked server lives in a process of its own, the notebook, so its
//! figures are those of nobody else.

mod client;
mod crowd;
mod figures;
mod models;
mod notebook;
mod orphans;
mod part;
mod round;

mod commands;
mod eagain;
mod emfile;
mod flood;
mod half_close;
mod immense_timeouts;
mod killed_children;
mod killed_clients;
mod killed_notebook;
mod killed_server;
mod long_line;
mod never_reads;
mod refused;
mod resets;
mod restarts;
mod slow_loris;
mod stop_under_fire;
mod ten_thousand;
mod urgent_data;
mod utf8;
