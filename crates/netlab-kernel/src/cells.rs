//! The cell at work and the ones before it: who asked for them, how far they
//! are, what is known about how they end.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::channel::{Activity, ErrorReport, PanicReport};
use crate::publisher::Publisher;
use crate::wire::{Origin, Request};

/// A cell that the engine executes.
#[derive(Clone)]
pub(crate) struct Cell {
    pub(crate) number: u64,
    /// None for a cell of the kernel's own.
    pub(crate) origin: Option<Origin>,
    /// What stands in the brackets of `In[]`.
    pub(crate) count: u32,
    pub(crate) silent: bool,
}

/// All cells of this kernel.
pub(crate) struct Cells {
    /// Held while it is said what is busy and what idle, so that nobody says
    /// of a cell that it is busy before it has begun or after its end. Comes
    /// before `state`.
    order: Mutex<()>,
    state: Mutex<State>,
    changed: Condvar,
    publisher: Publisher,
}

#[derive(Default)]
struct State {
    last_number: u64,
    count: u32,
    /// The cell at work.
    work: Option<Work>,
    /// The first cell that came before the engine was ready has been shown as
    /// running already.
    early: Option<(String, Cell)>,
    /// Execution counts by number.
    counts: HashMap<u64, u32>,
    ready: bool,
    /// What the engine does while it starts.
    step: &'static str,
    /// The user sees it.
    step_shown: bool,
}

/// How far a cell is and how it ends.
#[derive(Clone)]
pub(crate) struct Work {
    pub(crate) cell: Cell,
    pub(crate) allow_stdin: bool,
    /// Its code runs; otherwise it is being compiled, or just done.
    pub(crate) runs: bool,
    /// When the user interrupted it first.
    pub(crate) interrupted: Option<Instant>,
    /// The user knows that the next interrupt costs the variables.
    pub(crate) warned: bool,
    /// Its calls are cancelled one after the other and it goes on.
    pub(crate) spins: bool,
    /// What it goes on with after the interrupt, if the child can see that.
    pub(crate) activity: Option<Activity>,
    pub(crate) ended: Ended,
}

/// What the child reported about the cell.
#[derive(Clone, Default)]
pub(crate) struct Ended {
    pub(crate) panicked: bool,
    pub(crate) failed: bool,
    pub(crate) interrupted: bool,
    pub(crate) panic: Option<PanicReport>,
    pub(crate) error: Option<ErrorReport>,
    /// Signal, thread, whether it was a stack overflow.
    pub(crate) crash: Option<(i32, String, bool)>,
    /// The size of the allocation that has failed and ends the process.
    pub(crate) allocation: Option<u64>,
    /// The child spoke of this cell at all.
    pub(crate) ran: bool,
}

impl Cells {
    pub(crate) fn new(publisher: Publisher) -> Self {
        Self {
            order: Mutex::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
            publisher,
        }
    }

    /// Begins a cell for a request: busy, and what is executed.
    pub(crate) fn begin(&self, request: &Request) -> Cell {
        let _order = self.order.lock().unwrap();
        let mut state = self.state.lock().unwrap();
        let early = state.early.take();
        let cell = match early {
            Some((id, cell)) if id == request.origin.id() => cell,
            early => {
                state.early = early;
                self.show(&mut state, request)
            }
        };
        state.work = Some(Work::new(
            cell.clone(),
            request.switch("allow_stdin", false),
        ));
        cell
    }

    /// Begins a cell of the kernel's own.
    pub(crate) fn begin_hidden(&self) -> Cell {
        let mut state = self.state.lock().unwrap();
        state.last_number += 1;
        let cell = Cell {
            number: state.last_number,
            origin: None,
            count: 0,
            silent: true,
        };
        state.work = Some(Work::new(cell.clone(), false));
        cell
    }

    /// Leaves a cell to the engine by `send`. The one that waits first while
    /// the engine still starts is shown as running; says whether it is that.
    pub(crate) fn hand_over(
        &self,
        request: Request,
        send: impl FnOnce(Request),
    ) -> bool {
        let _order = self.order.lock().unwrap();
        let mut state = self.state.lock().unwrap();
        let is_early = !state.ready && state.early.is_none();
        if is_early {
            let cell = self.show(&mut state, &request);
            state.early = Some((request.origin.id().to_owned(), cell));
        }
        // Still locked: an interrupt takes away all that is shown.
        send(request);
        is_early
    }

    fn show(&self, state: &mut State, request: &Request) -> Cell {
        let silent = request.switch("silent", false);
        let code = request.text("code");
        state.last_number += 1;
        if !silent
            && request.switch("store_history", true)
            && !code.trim().is_empty()
        {
            state.count += 1;
        }
        let cell = Cell {
            number: state.last_number,
            origin: Some(request.origin.clone()),
            count: state.count,
            silent,
        };
        state.counts.insert(cell.number, cell.count);
        self.publisher.status("busy", Some(&request.origin));
        if !silent {
            let content =
                json!({ "code": code, "execution_count": state.count });
            self.publisher.send(
                "execute_input",
                content,
                Some(&request.origin),
            );
        }
        cell
    }

    /// The cell is done; gives what is known about it.
    pub(crate) fn end(&self) -> Option<Work> {
        let _order = self.order.lock().unwrap();
        let work = self.state.lock().unwrap().work.take();
        self.changed.notify_all();
        work
    }

    /// The engine is ready.
    pub(crate) fn ready(&self) {
        self.state.lock().unwrap().ready = true;
    }

    /// Does something before the engine is ready; nothing if it is already.
    pub(crate) fn before_ready<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let state = self.state.lock().unwrap();
        (!state.ready).then(act)
    }

    /// Ends the cell that was shown as running before its time, if it is this
    /// one; `end` gets it, and whether there is a step to take away from it.
    /// Says whether it was.
    pub(crate) fn end_early(
        &self,
        request: &Request,
        end: impl FnOnce(&Cell, bool),
    ) -> bool {
        let _order = self.order.lock().unwrap();
        let mut state = self.state.lock().unwrap();
        let id = request.origin.id();
        let Some((_, cell)) = state.early.take_if(|early| early.0 == id) else {
            return false;
        };
        end(&cell, std::mem::take(&mut state.step_shown));
        true
    }

    /// The engine begins another step of its start; `show` gets the request of
    /// the cell in which to say so, if there is one.
    pub(crate) fn next_step(
        &self,
        step: &'static str,
        show: impl FnOnce(&Origin),
    ) {
        let mut state = self.state.lock().unwrap();
        state.step = step;
        if let Some((_, cell)) = &state.early
            && let Some(origin) = &cell.origin
            && state.step_shown
        {
            show(origin);
        }
    }

    /// Shows the step in the cell that waits, if one still does.
    pub(crate) fn begin_progress(&self, show: impl FnOnce(&str, &Origin)) {
        let mut state = self.state.lock().unwrap();
        if let Some((_, cell)) = &state.early
            && let Some(origin) = &cell.origin
            && !cell.silent
            && !state.step_shown
        {
            show(state.step, origin);
            state.step_shown = true;
        }
    }

    /// Whether there is a step to take away from the user's eyes.
    pub(crate) fn end_progress(&self) -> bool {
        std::mem::take(&mut self.state.lock().unwrap().step_shown)
    }

    /// The latest cell that somebody asked for.
    pub(crate) fn last_visible(&self) -> u64 {
        let state = self.state.lock().unwrap();
        state.counts.keys().max().copied().unwrap_or(0)
    }

    /// Whether this cell is at work.
    pub(crate) fn is_current(&self, number: u64) -> bool {
        let state = self.state.lock().unwrap();
        state.work.as_ref().is_some_and(|w| w.cell.number == number)
    }

    /// Says of a request that it is at work and done again, with `act` in
    /// between.
    ///
    /// Clients show one state for the whole kernel and take the latest. So
    /// while a cell runs, the idle is followed by another busy of that cell.
    pub(crate) fn beside(&self, origin: &Origin, act: impl FnOnce()) {
        let _order = self.order.lock().unwrap();
        self.publisher.status("busy", Some(origin));
        act();
        self.publisher.status("idle", Some(origin));
        if let Some(working) = self.shown() {
            self.publisher.status("busy", Some(&working));
        }
    }

    /// The request of the cell that is shown as running, if any.
    fn shown(&self) -> Option<Origin> {
        let state = self.state.lock().unwrap();
        let work = state.work.as_ref().and_then(|w| w.cell.origin.clone());
        work.or_else(|| state.early.as_ref()?.1.origin.clone())
    }

    /// How many cells were counted.
    pub(crate) fn count(&self) -> u32 {
        self.state.lock().unwrap().count
    }

    /// Whether a cell is at work.
    pub(crate) fn is_at_work(&self) -> bool {
        self.state.lock().unwrap().work.is_some()
    }

    /// Looks at, or changes, the cell at work.
    pub(crate) fn work<T>(
        &self,
        act: impl FnOnce(&mut Work) -> T,
    ) -> Option<T> {
        let mut state = self.state.lock().unwrap();
        let done = act(state.work.as_mut()?);
        self.changed.notify_all();
        Some(done)
    }

    /// Changes the cell at work if it has this number.
    pub(crate) fn work_on(&self, number: u64, act: impl FnOnce(&mut Work)) {
        let mut state = self.state.lock().unwrap();
        if let Some(work) = &mut state.work
            && work.cell.number == number
        {
            act(work);
        }
        self.changed.notify_all();
    }

    /// Waits for a change of the cell at work, at most so long; gives it if
    /// it still has this number.
    pub(crate) fn watch(&self, number: u64, wait: Duration) -> Option<Work> {
        let state = self.state.lock().unwrap();
        let (state, _): (MutexGuard<'_, State>, _) =
            self.changed.wait_timeout(state, wait).unwrap();
        state.work.clone().filter(|work| work.cell.number == number)
    }
}

impl Work {
    fn new(cell: Cell, allow_stdin: bool) -> Self {
        Self {
            cell,
            allow_stdin,
            runs: false,
            interrupted: None,
            warned: false,
            spins: false,
            activity: None,
            ended: Ended::default(),
        }
    }
}
