//! What the child reports, and what becomes of it.

use std::sync::Arc;

use crate::channel::{FromChild, ToChild};
use crate::engine::Command;
use crate::failure::place::Sources;
use crate::failure::{death, panic};
use crate::kernel::Kernel;
use crate::link::Event;

/// So many cancelled calls in a row are a loop that ignores errors.
const MANY: u64 = 100;

impl Kernel {
    /// Takes a report of the child; runs in the thread of the link.
    pub(crate) fn on_child(self: &Arc<Self>, event: Event, sources: &Sources) {
        let message = match event {
            Event::Message(message) => *message,
            Event::Gone => return self.commands.send(Command::ChildGone),
        };
        match message {
            FromChild::Output {
                cell,
                stream,
                bytes,
            } => self.output.take(cell, stream, &bytes),
            FromChild::Rich {
                cell,
                mime,
                content,
                follows,
            } => self.output.rich(cell, &mime, content, follows),
            FromChild::CellStarted { cell } => {
                self.cells.work_on(cell, |work| {
                    work.runs = true;
                    work.ended.ran = true;
                });
            }
            FromChild::CellEnded {
                cell,
                panicked,
                user_error,
                interrupted,
            } => self.cells.work_on(cell, |work| {
                work.runs = false;
                work.ended.panicked |= panicked;
                work.ended.failed |= user_error;
                work.ended.interrupted |= interrupted;
            }),
            FromChild::Panic { cell, report } => {
                let mut shown = Some(report);
                self.cells.work_on(cell, |work| {
                    if shown.as_ref().is_some_and(|report| report.main) {
                        // The one before was caught.
                        shown = std::mem::replace(
                            &mut work.ended.panic,
                            shown.take(),
                        );
                    }
                });
                if let Some(report) = shown {
                    let compiled = self.build_dir.join("src/lib.rs");
                    if self.cells.is_current(cell)
                        && let Ok(text) = std::fs::read_to_string(compiled)
                    {
                        sources.compiled(cell, text);
                    }
                    let mut text = panic::remark(&report, cell, sources);
                    text.extend(
                        self.about_address(&report.message, &report.taken),
                    );
                    self.output.remark(cell, &text);
                }
            }
            FromChild::UserError { cell, report } => {
                self.cells.work_on(cell, |work| {
                    work.ended.error = Some(report);
                });
            }
            FromChild::InputWanted {
                cell,
                prompt,
                password,
            } => self.ask(cell, &prompt, password),
            FromChild::Cancelled { cell, in_a_row, .. } if in_a_row >= MANY => {
                self.cells.work_on(cell, |work| work.spins = true);
            }
            FromChild::StillRuns { cell, activity } => {
                self.cells
                    .work_on(cell, |work| work.activity = Some(activity));
            }
            FromChild::Crashed {
                cell,
                signal,
                thread,
                overflow,
            } => self.cells.work_on(cell, |work| {
                work.ended.crash = Some((signal, thread, overflow));
            }),
            FromChild::AllocationFailed { cell, size } => {
                let mut is_at_work = false;
                self.cells.work_on(cell, |work| {
                    work.ended.allocation = Some(size);
                    is_at_work = true;
                });
                if !is_at_work {
                    // A thread that the cell left behind.
                    let said = death::too_large(size, "");
                    self.output.remark(cell, &format!("\n✗ {said}.\n"));
                }
            }
            FromChild::Failed { text } => eprintln!("netlab-kernel: {text}"),
            // The link itself takes the others.
            _ => {}
        }
    }

    fn ask(&self, cell: u64, prompt: &str, password: bool) {
        let asker = self.cells.work(|work| {
            let allowed = work.cell.number == cell && work.allow_stdin;
            allowed.then(|| work.cell.origin.clone()).flatten()
        });
        match asker.flatten() {
            Some(origin) => self.input.ask(prompt, password, &origin),
            None => self.link.tell(&ToChild::InputAnswer { line: None }),
        }
    }
}
