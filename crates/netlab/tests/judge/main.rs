//! That the judges are right: every solution passes, and every wrong one gets
//! the diagnosis that is meant for it.

mod ask;
mod exchange;
mod fate;
mod frames;
mod hostile;
mod letters;
mod read_all;
mod shout;
mod solutions;
mod write_all;
