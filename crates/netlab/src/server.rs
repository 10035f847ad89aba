//! Four echo servers that differ in one thing: who waits for the client.
//!
//! | module | model | a second client |
//! |---|---|---|
//! | [`iterative`] | one connection after another | waits in the accept queue |
//! | [`forking`] | a process per connection | is served at the same time |
//! | [`threaded`] | a thread per connection | is served at the same time |
//! | [`tokio_tasks`] | a task per connection | is served at the same time |
//!
//! The four files have the same structure, so that their `diff` is the
//! lesson. There is no trait over them: what they have in common is a function
//! that takes a bound listener and returns a [`ServerHandle`].
//!
//! # Behaviour
//!
//! All of them echo bytes as they arrive. A line that is exactly `quit` or
//! `stop` is a [`Command`] and is not echoed: `quit` ends this client, `stop`
//! ends the whole server. How a command is recognised when it arrives in
//! pieces is the subject of [`commands`]. A command that a server has received
//! is done, even if its client has left without waiting for an answer.
//!
//! # Examples
//!
//! ```
//! use netlab::server;
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//!
//! let server = server::threaded::serve(server::bind("127.0.0.1:0")?)?;
//! let mut client = TcpStream::connect(server.addr())?;
//! client.write_all(b"ping")?;
//! let mut answer = [0; 4];
//! client.read_exact(&mut answer)?;
//! assert_eq!(&answer, b"ping");
//! server.stop()?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod commands;
pub mod connection;
pub mod forking;
pub mod iterative;
pub mod threaded;
pub mod tokio_tasks;

mod accepting;
mod async_connection;
mod async_lingering;
mod async_timer;
mod bind;
mod clients;
mod control;
mod handle;
mod limits;
mod lingering;
mod registry;
mod running;
mod session;
mod status;
mod threads;

pub use bind::{bind, bind_or_free};
pub use clients::ClientInfo;
pub use commands::{Command, CommandScanner};
pub use connection::Flow;
pub use handle::ServerHandle;
pub use limits::Limits;
pub use session::Session;
