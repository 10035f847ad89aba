//! A timeout for one call after another, with one timer for all of them.
//!
//! [`tokio::time::timeout`] puts a timer on the list of the runtime and takes it
//! off again, for every call that does not return at once: for every packet.
//! Here the timer stays on the list. It may go off for a call that is long
//! over, and is set anew then: once in thirty seconds and not with each packet.

use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task;
use tokio::time::{self, Instant, Sleep};

/// The timer of one connection.
#[derive(Debug)]
pub(super) struct Timer {
    sleep: Pin<Box<Sleep>>,
    /// When it will wake the task; `None` while it is not on the list.
    set_for: Option<Instant>,
}

impl Timer {
    /// Makes a timer that is not on the list yet.
    pub(super) fn new() -> Self {
        Self {
            sleep: Box::pin(time::sleep(Duration::ZERO)),
            set_for: None,
        }
    }

    /// Runs one call under a timeout; `None` if the time was over first.
    ///
    /// The time begins at `begin`: now, and who has just looked at the clock,
    /// without an `await` since, need not look again. All calls have to be
    /// awaited by the same task.
    ///
    /// A socket option cannot do this here: a socket of tokio never blocks, so
    /// `SO_RCVTIMEO` has nothing to interrupt.
    pub(super) async fn within<T>(
        &mut self,
        limit: Option<Duration>,
        begin: Instant,
        call: impl Future<Output = io::Result<T>>,
    ) -> io::Result<Option<T>> {
        let Some(limit) = limit else {
            return call.await.map(Some);
        };
        let mut call = pin!(call);
        let mut is_first = true;
        poll_fn(|context| {
            if let Poll::Ready(result) = call.as_mut().poll(context) {
                return Poll::Ready(result.map(Some));
            }
            let deadline = after(begin, limit);
            // Nearly always the timer is right as it is, and then its memory,
            // which nobody else uses, is not touched. If it has gone off
            // since `begin`, it has woken the task, which will come again.
            let is_right = |at: Instant| begin < at && at <= deadline;
            if mem::take(&mut is_first) && self.set_for.is_some_and(is_right) {
                return Poll::Pending;
            }
            self.poll_until(deadline, context).map(|()| Ok(None))
        })
        .await
    }

    /// Ready when the time is over; else the task will be woken then or sooner.
    fn poll_until(
        &mut self,
        deadline: Instant,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let is_set = self.set_for.is_some_and(|at| at <= deadline);
        if is_set && !self.sleep.is_elapsed() {
            return Poll::Pending;
        }
        self.sleep.as_mut().reset(deadline);
        // A task that has done a lot is told that nothing is ready, to make
        // room for others. The timer would not be on the list then.
        let sleep = task::unconstrained(self.sleep.as_mut());
        let is_over = pin!(sleep).poll(context);
        self.set_for = is_over.is_pending().then_some(deadline);
        is_over
    }
}

/// The time after a limit. Nobody lives as long as the limit that is too long
/// for the clock.
fn after(now: Instant, limit: Duration) -> Instant {
    now.checked_add(limit)
        .unwrap_or_else(|| time::sleep(limit).deadline())
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::task::coop;

    use super::*;
    use crate::runtime;

    const MOMENT: Duration = Duration::from_millis(20);
    const WATCHDOG: Duration = Duration::from_secs(10);

    /// Runs a test in a task, whose work is rationed.
    fn in_task<F>(test: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let run = async {
            time::timeout(WATCHDOG, task::spawn(test))
                .await
                .unwrap()
                .unwrap();
        };
        let runtime = runtime::runtime().unwrap();
        runtime::block_on(&runtime, run);
    }

    async fn never(timer: &mut Timer, limit: Duration) {
        let begin = Instant::now();
        let over =
            timer.within(Some(limit), begin, pending::<io::Result<()>>());
        assert_eq!(over.await.unwrap(), None);
        assert!(begin.elapsed() >= limit);
    }

    #[test]
    fn one_timer_serves_calls_of_any_limit() {
        in_task(async {
            let mut timer = Timer::new();
            for limit in [5, 1, 3, 0, 2] {
                never(&mut timer, limit * MOMENT).await;
                let now = Instant::now();
                let done = timer.within(Some(WATCHDOG), now, async { Ok(7) });
                assert_eq!(done.await.unwrap(), Some(7));
            }
            let wait = async {
                time::sleep(MOMENT).await;
                Ok(8)
            };
            let now = Instant::now();
            let done = timer.within(Some(Duration::MAX), now, wait);
            assert_eq!(done.await.unwrap(), Some(8));
            never(&mut timer, MOMENT).await;
        });
    }

    #[test]
    fn task_that_has_used_up_its_share_is_woken_all_the_same() {
        in_task(async {
            let mut timer = Timer::new();
            while coop::has_budget_remaining() {
                let spent = poll_fn(|context| {
                    Poll::Ready(coop::poll_proceed(context).map(|c| {
                        c.made_progress();
                    }))
                });
                let _ = spent.await;
            }
            never(&mut timer, MOMENT).await;
        });
    }
}
