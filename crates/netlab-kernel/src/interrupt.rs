//! What an interrupt does, which depends on how far the cell is.
//!
//! - the engine still starts: the cells that wait for it are aborted, the
//!   first one says so, and the start goes on;
//! - no cell: nothing, except that cells which wait all the same are aborted;
//! - compiling: the compiler ends, nothing is lost;
//! - running: its blocking calls are cancelled in the child, so that it ends
//!   by itself and every variable of earlier cells stays;
//! - still running after [`PATIENCE`]: the user is told that the next
//!   interrupt kills, and what is lost then;
//! - at its end already: what it did stands, and the cells behind it are
//!   aborted.

use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::cells::Work;
use crate::channel::{Activity, ToChild};
use crate::engine;
use crate::kernel::Kernel;
use crate::wire::Request;

/// How long a cell may take to end before the user hears that it does not.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a compiler is looked for: the cell may start the next one.
const AGAIN: Duration = Duration::from_millis(25);

/// An interrupt that has been asked for: it concerns what runs and waits then,
/// and nothing that comes later.
pub(crate) struct Interrupt {
    work: Option<Work>,
    /// What has waited for an engine that was not ready.
    waiting: Vec<Request>,
}

impl Interrupt {
    /// Takes note of it.
    pub(crate) fn note(kernel: &Kernel) -> Self {
        let take = || kernel.commands.take_cells();
        if let Some(waiting) = kernel.cells.before_ready(take) {
            // The cell at work is one of the start.
            return Self {
                work: None,
                waiting,
            };
        }
        let work = kernel.cells.work(|work| {
            let before = work.clone();
            work.interrupted.get_or_insert_with(std::time::Instant::now);
            before
        });
        if work.is_none() {
            kernel.commands.interrupt();
        }
        Self {
            work,
            waiting: Vec::new(),
        }
    }

    /// Interrupts the cell, if one was at work, or those that have waited.
    pub(crate) fn perform(self, kernel: &Arc<Kernel>) {
        for request in &self.waiting {
            engine::abort(kernel, request);
        }
        let Some(work) = self.work else {
            return;
        };
        let number = work.cell.number;
        let is_there = kernel.cells.work(|now| now.cell.number == number);
        if is_there != Some(true) {
            return;
        }
        if work.warned {
            kernel.link.kill();
            return;
        }
        pursue(kernel, &work);
        if work.interrupted.is_none() {
            let kernel = Arc::clone(kernel);
            std::thread::spawn(move || watch(&kernel, number));
        }
    }
}

/// Interrupts what the kernel does.
pub(crate) fn interrupt(kernel: &Arc<Kernel>) {
    Interrupt::note(kernel).perform(kernel);
}

/// Does what the phase asks for.
fn pursue(kernel: &Arc<Kernel>, work: &Work) {
    if work.runs {
        kernel.input.forget();
        let cell = work.cell.number;
        kernel.link.tell(&ToChild::Interrupt { cell });
    } else {
        end_compiler(&bystanders(kernel));
    }
}

/// Follows an interrupted cell until it has ended.
fn watch(kernel: &Arc<Kernel>, number: u64) {
    let mut told = None;
    while let Some(work) = kernel.cells.watch(number, AGAIN) {
        let Some(since) = work.interrupted else {
            return;
        };
        if !work.runs {
            end_compiler(&bystanders(kernel));
            told = None;
        } else if told.is_none() {
            told = Some(());
            pursue(kernel, &work);
        }
        if work.runs && !work.warned && since.elapsed() >= PATIENCE {
            kernel.cells.work_on(number, |work| work.warned = true);
            kernel.output.remark(
                number,
                &format!(
                    "\n■ Ячейка ещё выполняется: {}.\nНажмите ■ ещё раз, \
                     чтобы остановить её силой. Тогда все переменные будут \
                     потеряны; типы, функции и use останутся.\n",
                    reason(&work)
                ),
            );
        }
    }
}

/// Why a cell goes on that has been interrupted.
fn reason(work: &Work) -> &'static str {
    match work.activity {
        _ if work.spins => "её цикл не замечает, что вызовы прерваны",
        Some(Activity::WaitsForThread) => {
            "её код ждёт замка, канала или другого потока, и закончить это \
             ожидание может только тот, кого он ждёт; если ждать некого, это \
             взаимная блокировка (deadlock)"
        }
        Some(Activity::WaitsForSystem) => {
            "её код ждёт внутри системного вызова, который ядро не прерывает: \
             так ждёт, например, tokio"
        }
        Some(Activity::Computes) | None => "её код не ждёт ни сети, ни таймера",
    }
}

/// What an interrupted compilation has nothing to do with.
fn bystanders(kernel: &Kernel) -> Vec<Pid> {
    let all = [kernel.link.pid(), kernel.analyst.pid()];
    all.into_iter().flatten().collect()
}

/// Ends what this process has started, except `spared` and what they have
/// started: cargo, the compiler below it, a shell of a `!` line.
pub(crate) fn end_compiler(spared: &[Pid]) {
    let Ok(all) = procfs::process::all_processes() else {
        return;
    };
    let all: Vec<(i32, i32)> = all
        .filter_map(|process| process.ok()?.stat().ok())
        .map(|stat| (stat.pid, stat.ppid))
        .collect();
    let mut family = vec![Pid::this().as_raw()];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        next += 1;
        let children = all
            .iter()
            .filter(|&&(pid, ppid)| {
                ppid == parent && !spared.contains(&Pid::from_raw(pid))
            })
            .map(|&(pid, _)| pid);
        family.extend(children);
    }
    for pid in family.into_iter().skip(1) {
        if !is_runtime(pid) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Whether this is a child that runs cells, one that has not connected yet.
fn is_runtime(pid: i32) -> bool {
    procfs::process::Process::new(pid)
        .and_then(|process| process.environ())
        .is_ok_and(|variables| {
            variables.contains_key(std::ffi::OsStr::new("EVCXR_IS_RUNTIME"))
        })
}
