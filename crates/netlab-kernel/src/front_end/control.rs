//! The control socket: what must be answered at once, whatever a cell does.

use std::sync::Arc;

use serde_json::json;

use super::kernel_info;
use crate::interrupt::Interrupt;
use crate::kernel::Kernel;
use crate::wire::Receiver;

/// Serves the socket until a client asks to shut down.
pub(super) async fn serve(kernel: Arc<Kernel>, mut socket: Receiver) {
    loop {
        let request = socket.next().await;
        let (mut interrupt, mut last) = (None, false);
        kernel.aside(&kernel.control, &request, || {
            Some(match request.kind.as_str() {
                "kernel_info_request" => kernel_info::answer(),
                "interrupt_request" => {
                    // What is asked for after the answer is to be executed.
                    interrupt = Some(Interrupt::note(&kernel));
                    json!({ "status": "ok" })
                }
                "shutdown_request" => {
                    last = true;
                    let restart = request.switch("restart", false);
                    json!({ "status": "ok", "restart": restart })
                }
                kind => json!({
                    "status": "error",
                    "ename": "NotSupported",
                    "evalue": format!("{kind} is not supported by this kernel"),
                    "traceback": [],
                }),
            })
        });
        // After the answer, so that it does not come in between what the
        // cell says when it ends.
        if let Some(interrupt) = interrupt {
            interrupt.perform(&kernel);
        }
        if last {
            // The reply must be on its way before the process ends.
            kernel.control.flush().await;
            return;
        }
    }
}
