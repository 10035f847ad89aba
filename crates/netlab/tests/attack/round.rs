//! The course of every attack: figures, the attack, the same figures again.

use netlab::server::Limits;

use crate::client::{eventually, happens, visit};
use crate::figures::{Figures, Table};
use crate::models::Serve;
use crate::notebook::Notebook;

/// KiB that a server may have more after an attack than before it: a log that
/// has filled up, and what the allocator keeps for the next client.
pub(crate) const MEMORY: u64 = 4 * 1024;

/// The part of what a crowd took in the process of the server that may stay,
/// although it is free: usually a twentieth does, but glibc has some arenas for
/// every core, and what is free at the top of each stays until it is used again.
const KEPT: u64 = 2;

/// An attack on one model.
pub(crate) struct Round {
    pub(crate) notebook: Notebook,
    pub(crate) before: Figures,
    worst: Figures,
}

impl Round {
    /// Notes the figures in the middle of the attack; returns them.
    pub(crate) fn note(&mut self) -> Figures {
        let now = self.notebook.figures();
        self.worst = self.worst.max(now);
        now
    }

    /// Waits until the figures are those of before the attack.
    #[track_caller]
    pub(crate) fn forgotten(&mut self) {
        self.back(self.before);
    }

    /// Waits until the figures are those of `before`; returns them.
    #[track_caller]
    fn back(&mut self, before: Figures) -> Figures {
        let kept = match self.worst.processes == self.before.processes {
            true => self.worst.memory / KEPT,
            // It was that of other processes, and nothing is left of them.
            false => 0,
        };
        let more = MEMORY.max(kept);
        let mut now = before;
        let are_back = happens(|| {
            now = self.notebook.figures();
            now.are_back(before, more)
        });
        let model = self.notebook.model();
        assert!(are_back, "{model}: {before:?} became {now:?}");
        now
    }

    /// How many clients of `wanted` are served at a time.
    pub(crate) fn served(&self, wanted: usize) -> usize {
        match self.notebook.model() {
            "iterative" => 1,
            _ => wanted,
        }
    }
}

/// Makes an attack on each model, and prints its figures.
///
/// Afterwards the server must serve, and the figures must be those of before;
/// without the server, those of a notebook that never had one.
#[track_caller]
pub(crate) fn attack(
    name: &str,
    models: &[(&'static str, Serve)],
    limits: Limits,
    play: impl Fn(&mut Round),
) {
    let mut table = Table::new(name);
    for &(model, _) in models {
        let mut notebook = Notebook::open(model, limits);
        let home = notebook.figures();
        notebook.serve();
        let before = settled(&mut notebook, home);
        let worst = before;
        let mut round = Round {
            notebook,
            before,
            worst,
        };
        play(&mut round);
        // At once, and not when the next client comes.
        round.forgotten();
        visit(round.notebook.addr());
        let after = round.back(before);
        table.row(model, before, round.worst, after);
        round.notebook.stop();
        // A stopped server has a log and can be asked; that takes descriptors.
        round.notebook.let_go();
        round.back(home);
    }
    println!("{table}");
}

/// The figures of a server after its first client: what is made once is there.
/// Without it they were those of `home`.
#[track_caller]
pub(crate) fn settled(notebook: &mut Notebook, home: Figures) -> Figures {
    // The end of the stream says that no descriptor is left of this client.
    visit(notebook.addr());
    let (processes, threads) = match notebook.model() {
        "iterative" | "threaded" => (0, 1),
        // The process that accepts, and the thread that listens to it.
        "forking" => (1, 2),
        _ => (0, 3),
    };
    let mut now = home;
    eventually("the server is idle", || {
        now = notebook.figures();
        now.processes == home.processes + processes
            && now.threads == home.threads + threads
    });
    now
}
