//! Completion and inspection, in a process of their own.
//!
//! rust-analyzer needs seconds and hundreds of megabytes for the standard
//! library and the crates of a notebook, and no cell must wait for that. So
//! the questions go to a second process of this executable, the analyst. It
//! has an `evcxr` of its own that shadows the session: it is told of
//! everything that cells define, and compiles and runs nothing.
//!
//! In the kernel:
//!
//! - [`Analyst`]: the way to it, from any thread;
//! - [`desk`]: the thread that keeps what the analyst has to know, starts it,
//!   and waits for its answers;
//! - [`journal`]: what a new analyst has to be told;
//! - [`process`]: how it is started, and its two pipes.
//!
//! In the analyst: [`shadow`]. Between the two: the lines of [`message`], and
//! [`mirror`], which says what of a cell the analyst is told.

mod desk;
mod journal;
mod message;
mod mirror;
mod process;
mod shadow;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use crossbeam_channel::Sender;
use nix::unistd::Pid;

use desk::{Desk, Order};
use message::Variable;
pub(crate) use message::{Answer, Request};
pub(crate) use shadow::serve;

/// `0`: there is no analyst, and the answer to every question is empty.
const SWITCH: &str = "NETLAB_ANALYST";

/// Where rust-analyzer looks for the standard library first; a user may have
/// chosen one.
const SOURCES: &str = "RUST_SRC_PATH";

/// The way to the analyst.
pub(crate) struct Analyst {
    desk: Option<Sender<Order>>,
    /// Of the process at work; 0 without one.
    pid: Arc<AtomicI32>,
}

impl Analyst {
    /// An analyst for the kernel that builds in `build_dir`, not started yet.
    pub(crate) fn new(build_dir: &Path) -> Self {
        let pid = Arc::new(AtomicI32::new(0));
        let wanted = std::env::var_os(SWITCH).is_none_or(|it| it != "0");
        let desk = wanted
            .then(|| Desk::open(build_dir, Arc::clone(&pid)).ok())
            .flatten();
        Self { desk, pid }
    }

    /// Starts it, if that has not been done.
    pub(crate) fn start(&self) {
        self.order(Order::Start);
    }

    /// A cell has run, with success or not: `code` is what `evcxr` has
    /// accepted, and `variables` are those that there are now.
    pub(crate) fn ran<'a>(
        &self,
        code: Option<&str>,
        variables: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        if self.desk.is_none() {
            return;
        }
        let mut variables: Vec<_> = variables.map(Variable::of).collect();
        variables.sort_unstable();
        let code = code.map(str::to_owned);
        self.order(Order::Ran { code, variables });
    }

    /// Asks a question. The answer comes in another thread; None when there
    /// is nothing to say, or nobody to say it in time. `beside`: a cell runs,
    /// and an analyst that is still reading the libraries is not waited for.
    pub(crate) fn ask(
        &self,
        question: Request,
        beside: bool,
        reply: impl FnOnce(Option<Answer>) + Send + 'static,
    ) {
        let reply = Box::new(reply);
        match &self.desk {
            Some(desk) => {
                let order = Order::Ask {
                    question,
                    beside,
                    reply,
                };
                if let Err(unsent) = desk.send(order)
                    && let Order::Ask { reply, .. } = unsent.into_inner()
                {
                    reply(None);
                }
            }
            None => reply(None),
        }
    }

    /// Nothing is asked any more: what waits is answered, and the process
    /// ends when it reads on.
    pub(crate) fn end(&self) {
        self.order(Order::End);
    }

    /// The process at work, which belongs to no cell.
    pub(crate) fn pid(&self) -> Option<Pid> {
        let pid = self.pid.load(Ordering::Relaxed);
        (pid != 0).then(|| Pid::from_raw(pid))
    }

    fn order(&self, order: Order) {
        if let Some(desk) = &self.desk {
            let _ = desk.send(order);
        }
    }
}
