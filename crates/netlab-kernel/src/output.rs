//! What cells print and show, on its way to the clients.
//!
//! Text is collected for a moment, so that a loop that prints makes a few
//! messages and not a million; it is never held for long, so that progress is
//! seen as it happens. The order of everything that arrives is kept.

mod bundle;
mod limit;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::channel::Stream;
use crate::publisher::Publisher;
use crate::wire::Origin;
use bundle::Bundle;
use limit::Limit;
use text::Text;

/// How long text is collected at most.
const COLLECT: Duration = Duration::from_millis(15);

/// How much text is collected at most.
const ENOUGH: usize = 64 * 1024;

/// How long the latest rich output waits for more blocks.
const HOLD: Duration = Duration::from_millis(10);

/// How long it waits if it may be the result, which only the end of the cell
/// tells. On a busy machine that end is not as near as it should be.
const HOLD_RESULT: Duration = Duration::from_millis(200);

/// The outputs of all cells.
pub(crate) struct Output {
    state: Mutex<State>,
    /// Something waits for its time.
    waiting: Condvar,
    publisher: Publisher,
}

#[derive(Default)]
struct State {
    owners: HashMap<u64, Owner>,
    text: Option<(Pending, Instant)>,
    bundle: Option<(Bundle, Instant)>,
}

/// Text of one stream of one cell.
struct Pending {
    cell: u64,
    stream: Stream,
    text: String,
}

/// Whose outputs these are.
struct Owner {
    origin: Origin,
    stdout: Side,
    stderr: Side,
}

#[derive(Default)]
struct Side {
    text: Text,
    limit: Limit,
}

impl Output {
    /// Outputs that go to `publisher`, and the thread that keeps the times.
    pub(crate) fn new(publisher: Publisher) -> Self {
        Self {
            state: Mutex::default(),
            waiting: Condvar::new(),
            publisher,
        }
    }

    /// From now on outputs of this cell are published for this request; those
    /// of cells without one are dropped.
    pub(crate) fn open(&self, cell: u64, origin: &Origin) {
        let owner = Owner {
            origin: origin.clone(),
            stdout: Side::default(),
            stderr: Side::default(),
        };
        self.state.lock().unwrap().owners.insert(cell, owner);
    }

    /// Takes bytes that a cell printed.
    pub(crate) fn take(&self, cell: u64, stream: Stream, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap();
        self.publish_bundle(&mut state);
        let Some(owner) = state.owners.get_mut(&cell) else {
            return;
        };
        let side = match stream {
            Stream::Stdout => &mut owner.stdout,
            Stream::Stderr => &mut owner.stderr,
        };
        let (shown, notice) = side.limit.pass(bytes);
        let text = side.text.take(shown);
        self.append(&mut state, cell, stream, &text);
        if let Some(notice) = notice {
            self.append(&mut state, cell, Stream::Stderr, &notice);
        }
    }

    /// Takes a text of the kernel about a cell.
    pub(crate) fn remark(&self, cell: u64, text: &str) {
        let mut state = self.state.lock().unwrap();
        self.publish_bundle(&mut state);
        self.append(&mut state, cell, Stream::Stderr, text);
    }

    /// Takes a block of rich output.
    pub(crate) fn rich(
        &self,
        cell: u64,
        mime: &str,
        content: String,
        follows: bool,
    ) {
        let mut state = self.state.lock().unwrap();
        self.publish_text(&mut state);
        if let Some((bundle, _)) = &mut state.bundle
            && follows
            && bundle.takes(cell, mime)
        {
            bundle.add(mime, content);
            return;
        }
        self.publish_bundle(&mut state);
        let bundle = Bundle::of(cell, mime, content);
        state.bundle = Some((bundle, Instant::now()));
        self.waiting.notify_all();
    }

    /// Publishes everything of a cell that has ended, except the last rich
    /// output, if nothing came after it: that is the result.
    pub(crate) fn result_of(&self, cell: u64) -> Option<Value> {
        let mut state = self.state.lock().unwrap();
        self.publish_text(&mut state);
        if let Some((bundle, _)) = &state.bundle
            && bundle.may_be_result_of(cell)
        {
            return state.bundle.take().map(|(bundle, _)| bundle.data());
        }
        self.publish_bundle(&mut state);
        None
    }

    /// Publishes everything, and says how much of a cell was left out.
    pub(crate) fn settle(&self, cell: u64) {
        let mut state = self.state.lock().unwrap();
        self.publish_bundle(&mut state);
        if let Some(owner) = state.owners.get_mut(&cell) {
            let notices = [&mut owner.stdout.limit, &mut owner.stderr.limit]
                .map(Limit::left_out);
            for notice in notices.into_iter().flatten() {
                self.append(&mut state, cell, Stream::Stderr, &notice);
            }
        }
        self.publish_text(&mut state);
    }

    /// Publishes what has waited long enough; runs for ever.
    pub(crate) fn keep_times(self: &Arc<Self>) {
        let mut state = self.state.lock().unwrap();
        loop {
            let now = Instant::now();
            let due = |since: Instant, hold: Duration| {
                (since + hold).saturating_duration_since(now)
            };
            let text = state.text.as_ref().map(|(_, at)| due(*at, COLLECT));
            let bundle = state.bundle.as_ref().map(|(bundle, at)| {
                let may_be = bundle.may_be_result_of(bundle.cell());
                due(*at, if may_be { HOLD_RESULT } else { HOLD })
            });
            if text == Some(Duration::ZERO) {
                self.publish_text(&mut state);
                continue;
            }
            if bundle == Some(Duration::ZERO) {
                self.publish_bundle(&mut state);
                continue;
            }
            state = match text.into_iter().chain(bundle).min() {
                None => self.waiting.wait(state).unwrap(),
                Some(wait) => self.waiting.wait_timeout(state, wait).unwrap().0,
            };
        }
    }

    fn append(&self, state: &mut State, cell: u64, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some((pending, _)) = &state.text
            && (pending.cell, pending.stream) != (cell, stream)
        {
            self.publish_text(state);
        }
        let (pending, _) = state.text.get_or_insert_with(|| {
            self.waiting.notify_all();
            let text = String::new();
            (Pending { cell, stream, text }, Instant::now())
        });
        pending.text.push_str(text);
        if pending.text.len() >= ENOUGH {
            self.publish_text(state);
        }
    }

    fn publish_text(&self, state: &mut State) {
        if let Some((pending, _)) = state.text.take()
            && let Some(owner) = state.owners.get(&pending.cell)
        {
            self.publisher
                .stream(pending.stream, &pending.text, &owner.origin);
        }
    }

    fn publish_bundle(&self, state: &mut State) {
        self.publish_text(state);
        if let Some((bundle, _)) = state.bundle.take()
            && let Some(owner) = state.owners.get(&bundle.cell())
        {
            let (kind, content) = bundle.message();
            self.publisher.send(kind, content, Some(&owner.origin));
        }
    }
}
