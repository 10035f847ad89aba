//! The judges of lesson 01: sockets.

mod exchange;
mod frames;
mod shout;

pub use exchange::exchange;
pub use frames::frames;
pub use shout::shout;
