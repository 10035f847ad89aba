//! How long things take, in the log.

use std::time::Instant;

/// Names the variable that asks for it.
const TIMES: &str = "NETLAB_TIMES";

/// Says how long it took from its start to each step, if asked to.
pub(crate) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(std::env::var_os(TIMES).map(|_| Instant::now()))
    }

    pub(crate) fn say(&self, step: &str) {
        if let Some(start) = self.0 {
            let seconds = start.elapsed().as_secs_f64();
            eprintln!("netlab-kernel: {seconds:6.3} s {step}");
        }
    }
}
