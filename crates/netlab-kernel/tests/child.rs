//! The child that runs the cells, with a test in the place of `evcxr` and of
//! the front end. Each cell is compiled by `rustc` as `evcxr` would.

#[allow(dead_code, unused_imports)]
#[path = "../src/channel.rs"]
mod channel;
#[path = "child/ends.rs"]
mod ends;
#[path = "child/exports.rs"]
mod exports;
#[path = "child/figures.rs"]
mod figures;
#[allow(dead_code)]
#[path = "child/harness.rs"]
mod harness;
#[path = "child/input.rs"]
mod input;
#[path = "child/interrupt.rs"]
mod interrupt;
#[path = "child/output.rs"]
mod output;
#[allow(dead_code)]
#[path = "child/ran.rs"]
mod ran;
