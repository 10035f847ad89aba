//! The forking server: the scenarios of all servers, and those of its own.
//!
//! In a binary of its own: a child is a copy of the whole test process, and
//! would hold the sockets of every other scenario.

#[path = "../it/scenario.rs"]
mod scenario;

mod models;

#[path = "../it/commands.rs"]
mod commands;
#[path = "../it/crowd.rs"]
mod crowd;
#[path = "../it/echo.rs"]
mod echo;
#[path = "../it/endings.rs"]
mod endings;
#[path = "../it/interrupted.rs"]
mod interrupted;
#[path = "../it/refusing.rs"]
mod refusing;
#[path = "../it/stopping.rs"]
mod stopping;
#[path = "../it/writing.rs"]
mod writing;

mod faults;
mod hammered;
mod killed;
mod limits;
mod processes;
