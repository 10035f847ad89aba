//! The judges of lesson 01: sockets.

mod ask;
mod exchange;
mod fate;
mod frames;
mod letters;
mod read_all;
mod shout;
mod write_all;

pub use ask::ask;
pub use exchange::exchange;
pub use fate::fate;
pub use frames::frames;
pub use letters::letters;
pub use read_all::read_all;
pub use shout::shout;
pub use write_all::write_all;
