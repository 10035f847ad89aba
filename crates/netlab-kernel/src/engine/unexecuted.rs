//! Cells that are answered without having been executed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_channel::Receiver;
use serde_json::json;

use super::namespace::{End, Run};
use super::{Command, reply};
use crate::cells::Cell;
use crate::failure::Failure;
use crate::failure::marks::sentence;
use crate::kernel::Kernel;
use crate::wire::Request;

/// Answers a cell that is not executed because an earlier one failed or the
/// user has interrupted. The one that is shown as running already has been
/// interrupted itself, and says so.
pub(crate) fn abort(kernel: &Kernel, request: &Request) {
    let was_early = kernel.cells.end_early(request, |cell, shows_step| {
        if shows_step {
            kernel.clear_output(&request.origin);
        }
        interrupt_early(kernel, request, cell);
    });
    if was_early {
        return;
    }
    kernel.publisher.status("busy", Some(&request.origin));
    let content = json!({
        "status": "aborted",
        "execution_count": kernel.cells.count(),
    });
    kernel.shell.reply(request, content);
    kernel.publisher.status("idle", Some(&request.origin));
}

/// Ends a cell that the user has interrupted before the engine was ready.
fn interrupt_early(kernel: &Kernel, request: &Request, cell: &Cell) {
    let code = request.text("code");
    if !cell.silent {
        if request.switch("store_history", true) && !code.trim().is_empty() {
            kernel.history.push(cell.count, code);
        }
        kernel.namespace.add(Run::new(
            (cell.number, cell.count),
            code,
            End::NotBegun,
            BTreeMap::new(),
        ));
    }
    fail(kernel, request, cell, &Failure::not_begun());
    kernel.publisher.status("idle", Some(&request.origin));
}

/// Answers every cell of a kernel that could not start.
pub(super) fn refuse(
    kernel: &Arc<Kernel>,
    commands: &Receiver<Command>,
    error: &str,
) {
    eprintln!("netlab-kernel: {error}");
    kernel.analyst.end();
    let failure = Failure::new(
        "KernelError",
        format!("ядро блокнота не может выполнять ячейки: {error}"),
        [sentence("Исправьте причину и перезапустите ядро блокнота.")],
    );
    while let Ok(command) = commands.recv() {
        match command {
            Command::Execute(request) => {
                let cell = kernel.cells.begin(&request);
                fail(kernel, &request, &cell, &failure);
                kernel.cells.end();
                kernel.publisher.status("idle", Some(&request.origin));
            }
            Command::ChildGone | Command::Adopted => {}
        }
    }
}

fn fail(kernel: &Kernel, request: &Request, cell: &Cell, failure: &Failure) {
    let content = failure.content();
    if !cell.silent {
        let origin = Some(&request.origin);
        kernel.publisher.send("error", content.clone(), origin);
    }
    kernel
        .shell
        .reply(request, reply::error(cell.count, content));
}
