//! The thread that owns `evcxr`: it executes one cell after the other.

mod cell;
mod chores;
mod definitions;
mod holder;
mod locals;
mod namespace;
mod neighbour;
mod not_compiled;
mod notebook;
mod outcome;
mod reply;
mod start;
mod thread_output;
mod uncalled_main;
mod unexecuted;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender};
use evcxr::CommandContext;

use crate::failure::place::Sources;
use crate::kernel::Kernel;
use crate::wire::Request;
use chores::Chores;
pub(crate) use definitions::{Member, MemberKind, bare, is_in_item};
pub(crate) use holder::Holder;
pub(crate) use locals::Named;
pub(crate) use namespace::{End, Fate, Namespace, Wanted};
pub(crate) use notebook::{Lesson, Notebook, SESSION};
pub(crate) use start::{Settings, package_of};
pub(crate) use unexecuted::abort;

/// The way to the engine, from any thread.
#[derive(Clone)]
pub(crate) struct Commands {
    sender: Sender<Command>,
    /// The other end, for what is taken away from the engine again.
    sent: Receiver<Command>,
    /// The user has interrupted what waits for the engine.
    interrupted: Arc<AtomicBool>,
}

/// What the engine is asked for, in the order of the requests.
pub(crate) enum Command {
    Execute(Request),
    /// The child has gone; by itself, if no cell runs.
    ChildGone,
    /// Somebody uses this kernel now, which was a spare one.
    Adopted,
}

impl Commands {
    /// The way to an engine and what the engine receives by it.
    pub(crate) fn new() -> (Self, Receiver<Command>) {
        let (sender, receiver) = crossbeam_channel::unbounded();
        let interrupted = Arc::default();
        (
            Self {
                sender,
                sent: receiver.clone(),
                interrupted,
            },
            receiver,
        )
    }

    pub(crate) fn send(&self, command: Command) {
        // The engine lives as long as the process.
        let _ = self.sender.send(command);
    }

    /// Takes the cells that wait away from an engine that is not ready yet.
    pub(crate) fn take_cells(&self) -> Vec<Request> {
        let mut cells = Vec::new();
        let mut others = Vec::new();
        for command in self.sent.try_iter() {
            match command {
                Command::Execute(request) => cells.push(request),
                other => others.push(other),
            }
        }
        others.into_iter().for_each(|other| self.send(other));
        cells
    }

    /// Aborts the cells that wait although none is at work: the engine is
    /// busy with a chore.
    pub(crate) fn interrupt(&self) {
        if !self.sender.is_empty() {
            self.interrupted.store(true, Ordering::Relaxed);
        }
    }
}

struct Engine {
    kernel: Arc<Kernel>,
    commands: Receiver<Command>,
    context: CommandContext,
    sources: Arc<Sources>,
    chores: Chores,
    /// The number of the next variable whose type is not known, if the
    /// compiler finds the types.
    unknown: Option<u64>,
    /// The line that was executed in advance, until a cell has it too.
    preloaded: Option<String>,
    /// The user has been told that nobody calls `main` in a notebook.
    knows_main: bool,
}

/// Starts the engine and serves it; never returns.
pub(crate) fn run(
    kernel: Arc<Kernel>,
    commands: Receiver<Command>,
    sources: Arc<Sources>,
    settings: &Settings,
) {
    let engine = start::start(&kernel, commands.clone(), sources, settings);
    kernel.cells.ready();
    match engine {
        Ok(mut engine) => engine.serve(),
        Err(error) => {
            unexecuted::refuse(&kernel, &commands, &format!("{error:#}"));
        }
    }
}

impl Engine {
    fn serve(&mut self) {
        loop {
            let Some(command) = self.next() else {
                return;
            };
            if self.kernel.closing.load(Ordering::Relaxed) {
                return;
            }
            let interrupted = &self.kernel.commands.interrupted;
            if interrupted.swap(false, Ordering::Relaxed) {
                let mut waiting = vec![command];
                waiting.extend(self.waiting());
                self.abort(waiting);
                continue;
            }
            match command {
                Command::Execute(request) => self.execute(&request),
                Command::ChildGone => self.replace_child(),
                Command::Adopted => self.adopted(),
            }
        }
    }

    /// Somebody uses this kernel now: there is a notebook.
    fn adopted(&mut self) {
        self.chores.adopted();
        self.kernel.notebook.note(&self.kernel.build_dir);
    }

    /// Takes everything that waits.
    fn waiting(&self) -> Vec<Command> {
        self.commands.try_iter().collect()
    }

    /// Aborts the cells among what has waited; the rest is done.
    fn abort(&mut self, waiting: Vec<Command>) {
        for command in waiting {
            match command {
                Command::Execute(request) => abort(&self.kernel, &request),
                Command::ChildGone => self.replace_child(),
                Command::Adopted => self.adopted(),
            }
        }
    }
}
