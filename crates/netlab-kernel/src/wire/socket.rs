//! The five sockets of a kernel.

use std::time::Duration;

use anyhow::{Context, Result};
use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client::{
    KernelHeartbeatConnection, RawMessage, RouterRecvConnection,
    RouterSendConnection, create_kernel_control_connection,
    create_kernel_heartbeat_connection, create_kernel_shell_connection,
    create_kernel_stdin_connection,
};
// The traits with the methods of the sockets; zeromq is the crate below.
use zeromq::{SocketRecv, SocketSend};

use super::iopub::Publications;
use super::message::{Outgoing, Request};

/// How long to wait after a socket failed to receive: without it a broken
/// socket would keep a processor busy.
pub(super) const AFTER_FAILURE: Duration = Duration::from_millis(20);

/// The sockets, bound to the ports of the connection file.
pub(crate) struct Sockets {
    pub(crate) shell: (Sender, Receiver),
    pub(crate) control: (Sender, Receiver),
    pub(crate) stdin: (Sender, Receiver),
    pub(crate) iopub: Publications,
    pub(crate) heartbeat: Heartbeat,
}

impl Sockets {
    /// Binds all five.
    ///
    /// # Errors
    ///
    /// When a port is taken; the message names it.
    pub(crate) async fn bind(
        info: &ConnectionInfo,
        session: &str,
    ) -> Result<Self> {
        let taken = |name: &'static str, port: u16| {
            let ip = info.ip.clone();
            move || {
                format!(
                    "can't listen on {ip}:{port} ({name}); does another \
                     kernel run with this connection file?"
                )
            }
        };
        let shell = create_kernel_shell_connection(info, session)
            .await
            .with_context(taken("shell", info.shell_port))?;
        let control = create_kernel_control_connection(info, session)
            .await
            .with_context(taken("control", info.control_port))?;
        let stdin = create_kernel_stdin_connection(info, session)
            .await
            .with_context(taken("stdin", info.stdin_port))?;
        let iopub = Publications::bind(info, session)
            .await
            .with_context(taken("iopub", info.iopub_port))?;
        let heartbeat = create_kernel_heartbeat_connection(info)
            .await
            .with_context(taken("heartbeat", info.hb_port))?;
        let halves = |(send, receive)| (Sender(send), Receiver(receive));
        Ok(Self {
            shell: halves(shell.split()),
            control: halves(control.split()),
            stdin: halves(stdin.split()),
            iopub,
            heartbeat: Heartbeat(heartbeat),
        })
    }
}

/// The receiving half of a socket.
pub(crate) struct Receiver(RouterRecvConnection);

impl Receiver {
    /// Waits for the next message that is properly signed and formed; others
    /// are left unanswered, as the protocol asks.
    pub(crate) async fn next(&mut self) -> Request {
        loop {
            let Ok(parts) = self.0.socket.recv().await else {
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            };
            let request = RawMessage::from_multipart(parts, &self.0.mac)
                .map_err(anyhow::Error::from)
                .and_then(Request::of);
            match request {
                Ok(request) => return request,
                Err(error) => {
                    eprintln!("netlab-kernel: message refused: {error:#}");
                }
            }
        }
    }
}

/// The sending half of a socket.
pub(crate) struct Sender(RouterSendConnection);

impl Sender {
    /// Sends a reply. The client may be gone, which is no error of ours.
    pub(crate) async fn send(&mut self, message: Outgoing) {
        let _ = self.0.send(*message.0).await;
    }
}

/// The socket that tells clients that the kernel process lives.
pub(crate) struct Heartbeat(KernelHeartbeatConnection);

impl Heartbeat {
    /// Sends back whatever comes in.
    pub(crate) async fn run(mut self) {
        loop {
            let Ok(beat) = self.0.socket.recv().await else {
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            };
            let _ = self.0.socket.send(beat).await;
        }
    }
}
