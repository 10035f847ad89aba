//! That the judges are right: every solution passes, and every wrong one gets
//! the diagnosis that is meant for it.

mod exchange;
mod frames;
mod hostile;
mod shout;
