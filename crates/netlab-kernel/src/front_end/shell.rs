//! The shell socket: cells are left to the engine, questions about code to the
//! analyst, and the rest is answered at once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{analysis, is_complete, kernel_info};
use crate::engine::Command;
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
        "complete_request" => analysis::complete(kernel, request),
        "inspect_request" => analysis::inspect(kernel, request),
        _ => kernel.aside(&kernel.shell, &request, || answer(kernel, &request)),
    }
}

fn execute(kernel: &Arc<Kernel>, request: Request) {
    let waits_first = kernel.cells.hand_over(request, |request| {
        kernel.commands.send(Command::Execute(request));
    });
    if waits_first {
        let kernel = kernel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SILENCE).await;
            kernel.begin_progress();
        });
    }
}

/// What is answered at once; None is no answer at all.
fn answer(kernel: &Kernel, request: &Request) -> Option<Value> {
    Some(match request.kind.as_str() {
        "kernel_info_request" => kernel_info::answer(),
        "is_complete_request" => is_complete::answer(request.text("code")),
        "history_request" => kernel.history.answer(request),
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
