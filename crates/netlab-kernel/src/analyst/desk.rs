//! The thread in the kernel through which everything goes that concerns the
//! analyst: it never waits for it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::journal::Journal;
use super::message::{Answer, Answered, Asked, Request, Variable};
use super::process::Process;

/// How long a client may wait for an answer, which is long enough for an
/// analyst that is still reading the libraries.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long an analyst may say nothing while it is asked; it hangs then.
const SILENCE: Duration = Duration::from_secs(60);

/// How often in a row an analyst may end without having answered a question.
const ATTEMPTS: u32 = 3;

/// What a new analyst is asked about in advance: it reads the crates then.
const WARM_UP: &str =
    "let warm = std::collections::HashMap::<String, u8>::new(); warm.";

/// What is done with the answer to a question.
pub(super) type Reply = Box<dyn FnOnce(Option<Answer>) + Send>;

/// What comes in.
pub(super) enum Order {
    /// The engine is ready and has time.
    Start,
    /// A cell has run.
    Ran {
        code: Option<String>,
        variables: Vec<Variable>,
    },
    Ask {
        question: Request,
        /// A cell runs: there is no waiting for an analyst that must read the
        /// libraries first.
        beside: bool,
        reply: Reply,
    },
    /// That analyst has answered, or gone.
    Heard(u32, Option<Answered>),
    End,
}

/// A request that has no answer yet.
struct Pending {
    /// Not said to an analyst yet.
    unsaid: Option<Request>,
    /// Taken when the client has waited long enough.
    reply: Option<Reply>,
    since: Instant,
}

/// The thread's own.
pub(super) struct Desk {
    build_dir: PathBuf,
    orders: Receiver<Order>,
    own: Sender<Order>,
    journal: Journal,
    process: Option<Process>,
    pid: Arc<AtomicI32>,
    /// How many analysts were started.
    started: u32,
    failures: u32,
    pending: BTreeMap<u64, Pending>,
    last_id: u64,
    heard: Instant,
    /// The analyst has read the libraries: it has answered a question.
    warm: bool,
    /// The engine is ready: before, there is nothing to know.
    ready: bool,
    ended: bool,
}

impl Desk {
    /// Starts the thread; gives the way to it.
    ///
    /// # Errors
    ///
    /// When there can't be another thread.
    pub(super) fn open(
        build_dir: &Path,
        pid: Arc<AtomicI32>,
    ) -> io::Result<Sender<Order>> {
        let (own, orders) = crossbeam_channel::unbounded();
        let mut desk = Self {
            build_dir: build_dir.to_path_buf(),
            orders,
            own: own.clone(),
            journal: Journal::default(),
            process: None,
            pid,
            started: 0,
            failures: 0,
            pending: BTreeMap::new(),
            last_id: 0,
            heard: Instant::now(),
            warm: false,
            ready: false,
            ended: false,
        };
        // The analyst ends with the thread that has started it, so this one
        // lives as long as the kernel.
        std::thread::Builder::new()
            .name("analyst".to_owned())
            .spawn(move || {
                while let Some(order) = desk.next() {
                    desk.take(order);
                }
            })?;
        Ok(own)
    }

    /// The next order; sees to the clients that have waited long enough.
    fn next(&mut self) -> Option<Order> {
        loop {
            let waits = |pending: &&Pending| pending.reply.is_some();
            let Some(first) = self.pending.values().find(waits) else {
                return self.orders.recv().ok();
            };
            match self.orders.recv_deadline(first.since + PATIENCE) {
                Ok(order) => return Some(order),
                Err(error) if error.is_disconnected() => return None,
                Err(_) => self.give_up(),
            }
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Start => {
                self.ready = true;
                self.start();
            }
            Order::Ran { code, variables } => {
                self.ready = true;
                let cell = code.and_then(|code| self.journal.cell(&code));
                let variables = self.journal.variables(variables);
                // A new analyst is told everything.
                if self.process.is_some() {
                    cell.into_iter().chain(variables).for_each(|request| {
                        self.enter(request, None);
                    });
                } else if !self.pending.is_empty() {
                    self.start();
                }
            }
            Order::Ask {
                question,
                beside,
                reply,
            } => {
                if self.ended || self.failures >= ATTEMPTS {
                    return reply(None);
                }
                if beside && !self.warm {
                    reply(None);
                } else {
                    self.enter(question, Some(reply));
                }
                if self.ready {
                    self.start();
                }
            }
            Order::Heard(by, Some(answered)) if by == self.started => {
                self.heard(answered);
            }
            Order::Heard(by, None) if by == self.started => self.gone(),
            Order::Heard(..) => {}
            Order::End => {
                self.ended = true;
                self.process = None;
                self.answer_nothing();
            }
        }
    }

    /// Starts an analyst if there is none and one is wanted. It is told what
    /// there is to know, then asked what waits, and then to read the rest.
    fn start(&mut self) {
        if self.process.is_some() || self.ended || self.failures >= ATTEMPTS {
            return;
        }
        self.started += 1;
        self.warm = false;
        let (own, by) = (self.own.clone(), self.started);
        let hear = move |answered| {
            let _ = own.send(Order::Heard(by, answered));
        };
        match Process::start(&self.build_dir, hear) {
            Ok(process) => {
                self.pid.store(process.pid(), Ordering::Relaxed);
                self.process = Some(process);
            }
            Err(error) => {
                eprintln!("netlab-kernel: no analyst: {error}");
                return self.gone();
            }
        }
        let waiting = std::mem::take(&mut self.pending);
        let known: Vec<_> = self.journal.everything().collect();
        for request in known {
            self.enter(request, None);
        }
        for pending in waiting.into_values() {
            if let Some(question) = pending.unsaid {
                self.enter_since(question, pending.reply, pending.since);
            }
        }
        let warm_up = Request::Complete {
            code: WARM_UP.to_owned(),
            at: WARM_UP.len(),
        };
        self.enter(warm_up, None);
    }

    fn enter(&mut self, request: Request, reply: Option<Reply>) {
        self.enter_since(request, reply, Instant::now());
    }

    /// Says it to the analyst, or keeps it for the next one.
    fn enter_since(
        &mut self,
        request: Request,
        reply: Option<Reply>,
        since: Instant,
    ) {
        self.last_id += 1;
        let id = self.last_id;
        let mut unsaid = Some(request);
        if let Some(process) = &self.process
            && let Some(request) = unsaid.take()
        {
            process.tell(&Asked { id, request });
        }
        let pending = Pending {
            unsaid,
            reply,
            since,
        };
        self.pending.insert(id, pending);
    }

    fn heard(&mut self, answered: Answered) {
        self.heard = Instant::now();
        let Some(pending) = self.pending.remove(&answered.id) else {
            return;
        };
        if answered.answer.is_some() {
            self.failures = 0;
            self.warm = true;
        }
        if let Some(reply) = pending.reply {
            reply(answered.answer);
        }
    }

    /// The next question starts another one.
    fn gone(&mut self) {
        self.pid.store(0, Ordering::Relaxed);
        self.warm = false;
        if let Some(process) = self.process.take() {
            process.collect();
        }
        self.failures += 1;
        self.answer_nothing();
    }

    fn answer_nothing(&mut self) {
        for pending in std::mem::take(&mut self.pending).into_values() {
            if let Some(reply) = pending.reply {
                reply(None);
            }
        }
    }

    /// Answers who has waited long enough, and ends an analyst that hangs.
    fn give_up(&mut self) {
        let now = Instant::now();
        for pending in self.pending.values_mut() {
            if now >= pending.since + PATIENCE
                && let Some(reply) = pending.reply.take()
            {
                reply(None);
            }
        }
        let asked = self.pending.values().next().map(|first| first.since);
        if let (Some(asked), Some(process)) = (asked, &mut self.process)
            && now >= asked.max(self.heard) + SILENCE
        {
            process.kill();
        }
    }
}
