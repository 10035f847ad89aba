//! The kernel as a client of the protocol sees it: the real binary, the real
//! sockets, and a client that knows in which order everything has to come.

#[path = "protocol/addresses.rs"]
mod addresses;
#[path = "protocol/analyst.rs"]
mod analyst;
#[path = "protocol/aside.rs"]
mod aside;
#[path = "protocol/client.rs"]
mod client;
#[path = "protocol/completion.rs"]
mod completion;
#[path = "protocol/errors.rs"]
mod errors;
#[path = "protocol/execute.rs"]
mod execute;
#[path = "protocol/input.rs"]
mod input;
#[path = "protocol/interrupt.rs"]
mod interrupt;
#[path = "protocol/launch.rs"]
mod launch;
#[path = "protocol/lifetime.rs"]
mod lifetime;
#[path = "protocol/mistakes.rs"]
mod mistakes;
#[path = "protocol/names.rs"]
mod names;
#[path = "protocol/netlab.rs"]
mod netlab;
#[path = "protocol/output.rs"]
mod output;
#[path = "protocol/places.rs"]
mod places;
#[path = "protocol/queue.rs"]
mod queue;
#[path = "protocol/spare.rs"]
mod spare;
#[path = "protocol/stalled.rs"]
mod stalled;
#[path = "protocol/start.rs"]
mod start;
#[path = "protocol/variables.rs"]
mod variables;
#[path = "protocol/versions.rs"]
mod versions;
#[path = "protocol/wire.rs"]
mod wire;
