//! The shell socket: requests in their order, cells left to the engine.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{is_complete, kernel_info};
use crate::engine::{Command, no_completions, nothing_found};
use crate::kernel::Kernel;
use crate::wire::{Receiver, Request};

/// How long the first cell may wait for the engine without a word.
const SILENCE: Duration = Duration::from_millis(400);

/// Serves the socket for ever.
pub(super) async fn serve(kernel: Arc<Kernel>, mut socket: Receiver) {
    loop {
        let request = socket.next().await;
        take(&kernel, request);
    }
}

fn take(kernel: &Arc<Kernel>, request: Request) {
    match request.kind.as_str() {
        "execute_request" => execute(kernel, request),
        // While a cell runs an answer would come too late to be of use.
        "complete_request" if kernel.cells.is_idle() => {
            kernel.commands.send(Command::Complete(request));
        }
        "inspect_request" if kernel.cells.is_idle() => {
            kernel.commands.send(Command::Inspect(request));
        }
        _ => kernel.aside(&kernel.shell, &request, || answer(kernel, &request)),
    }
}

fn execute(kernel: &Arc<Kernel>, request: Request) {
    if kernel.cells.begin_early(&request).is_some() {
        let kernel = kernel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SILENCE).await;
            kernel.begin_progress();
        });
    }
    kernel.commands.send(Command::Execute(request));
}

/// What is answered at once; None is no answer at all.
fn answer(kernel: &Kernel, request: &Request) -> Option<Value> {
    Some(match request.kind.as_str() {
        "kernel_info_request" => kernel_info::answer(),
        "is_complete_request" => is_complete::answer(request.text("code")),
        "history_request" => kernel.history.answer(request),
        "complete_request" => no_completions(request),
        "inspect_request" => nothing_found(),
        "comm_info_request" => json!({ "status": "ok", "comms": {} }),
        "comm_open" => {
            // Nobody here listens; a widget that hears so does not wait.
            let content = json!({
                "comm_id": request.content["comm_id"],
                "data": {},
            });
            let origin = Some(&request.origin);
            kernel.publisher.send("comm_close", content, origin);
            return None;
        }
        kind if kind.ends_with("_request") => json!({
            "status": "error",
            "ename": "NotSupported",
            "evalue": format!("{kind} is not supported by this kernel"),
            "traceback": [],
        }),
        // `comm_msg`, `comm_close` and what is no request: for nobody.
        _ => return None,
    })
}
