//! A timeout for one call after another, with one timer for all of them.
//!
//! [`tokio::time::timeout`] puts a timer on the list of the runtime and takes it
//! off again, for every call that does not return at once: for every packet.
//! Here the timer stays on the list. It may go off for a call that is long
//! over, and is set anew then: once in thirty seconds and not with each packet.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{self, Instant, Sleep};

/// The timer of one connection.
#[derive(Debug)]
pub(super) struct Timer {
    sleep: Pin<Box<Sleep>>,
    /// It will wake the task, which need not be told to it again.
    is_set: bool,
}

impl Timer {
    /// Makes a timer that will be needed after about `limit`.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let sleep = time::sleep(limit.unwrap_or_default());
        Self {
            sleep: Box::pin(sleep),
            is_set: false,
        }
    }

    /// Runs one call under a timeout; `None` if the time was over first.
    ///
    /// All calls have to be awaited by the same task.
    ///
    /// A socket option cannot do this here: a socket of tokio never blocks, so
    /// `SO_RCVTIMEO` has nothing to interrupt.
    pub(super) async fn within<T>(
        &mut self,
        limit: Option<Duration>,
        call: impl Future<Output = io::Result<T>>,
    ) -> io::Result<Option<T>> {
        let Some(limit) = limit else {
            return call.await.map(Some);
        };
        let mut call = pin!(call);
        let mut deadline = None;
        poll_fn(|context| {
            if let Poll::Ready(result) = call.as_mut().poll(context) {
                return Poll::Ready(result.map(Some));
            }
            let deadline =
                *deadline.get_or_insert_with(|| self.sooner_than(limit));
            while self.has_gone_off(context) {
                if deadline <= Instant::now() {
                    return Poll::Ready(Ok(None));
                }
                self.reset(deadline);
            }
            Poll::Pending
        })
        .await
    }

    /// Makes sure that the timer goes off when the time is over or sooner;
    /// returns when it is over.
    fn sooner_than(&mut self, limit: Duration) -> Instant {
        let now = Instant::now();
        // Nobody lives as long as the timer then is set for.
        let deadline = now
            .checked_add(limit)
            .unwrap_or_else(|| time::sleep(limit).deadline());
        if deadline < self.sleep.deadline() {
            self.reset(deadline);
        }
        deadline
    }

    fn has_gone_off(&mut self, context: &mut Context<'_>) -> bool {
        if !self.is_set {
            self.is_set = self.sleep.as_mut().poll(context).is_pending();
        }
        !self.is_set || self.sleep.is_elapsed()
    }

    fn reset(&mut self, deadline: Instant) {
        self.sleep.as_mut().reset(deadline);
        self.is_set = false;
    }
}
