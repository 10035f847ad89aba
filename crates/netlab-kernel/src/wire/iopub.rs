//! The socket to all clients.

use std::net::TcpListener;

use anyhow::Result;
use jupyter_protocol::{ConnectionInfo, Transport};
use jupyter_zmq_client::{
    Connection, KernelIoPubXPubConnection, SubscriptionEvent,
    create_kernel_iopub_xpub_connection,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use zeromq::{Socket, XPubSocket};

use super::message::Outgoing;
use super::relay::Relays;

/// What waits for the socket to all clients.
pub(crate) enum Publication {
    Message(Outgoing),
    /// The last one; answered when the clients have everything before it.
    End(oneshot::Sender<()>),
}

/// The socket to all clients, and what keeps them apart; only TCP has that, the
/// one transport that Jupyter uses unless it is told otherwise.
pub(crate) struct Publications {
    socket: KernelIoPubXPubConnection,
    relays: Option<Relays>,
}

impl Publications {
    /// Listens on the port of the connection file.
    pub(super) async fn bind(
        info: &ConnectionInfo,
        session: &str,
    ) -> Result<Self> {
        if info.transport != Transport::TCP {
            let socket = create_kernel_iopub_xpub_connection(info, session);
            let socket = socket.await?;
            let relays = None;
            return Ok(Self { socket, relays });
        }
        let outside = TcpListener::bind((info.ip.as_str(), info.iopub_port))?;
        let (relays, inside) = Relays::start(outside)?;
        let mut socket = XPubSocket::new();
        socket.bind_listener(inside).await?;
        Ok(Self {
            socket: Connection::new(socket, &info.key, session),
            relays: Some(relays),
        })
    }

    /// Sends what is queued, and greets who subscribes (JEP 65).
    pub(crate) async fn run(
        mut self,
        mut queue: UnboundedReceiver<Publication>,
    ) {
        // The first message, `starting`, comes before anybody can listen. It
        // waits for the first client, unless another makes it untrue.
        let mut first = None;
        let mut waits_for_first = true;
        loop {
            tokio::select! {
                // First, or under endless output nobody could subscribe.
                biased;
                event = self.socket.recv_subscription() => match event {
                    Ok(SubscriptionEvent::Subscribe(topic)) => {
                        self.send(Outgoing::welcome(&topic)).await;
                        waits_for_first = false;
                        if let Some(starting) = first.take() {
                            self.send(starting).await;
                        }
                    }
                    Ok(SubscriptionEvent::Unsubscribe(_)) => {}
                    // A client that left; the socket has forgotten it.
                    Err(_) => {}
                },
                publication = queue.recv() => match publication {
                    Some(Publication::Message(message)) => {
                        first = None;
                        if std::mem::take(&mut waits_for_first) {
                            first = Some(message);
                        } else {
                            self.send(message).await;
                        }
                    }
                    Some(Publication::End(done)) => {
                        if let Some(relays) = self.relays {
                            relays.end().await;
                        }
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
            }
        }
    }

    async fn send(&mut self, message: Outgoing) {
        let _ = self.socket.send(*message.0).await;
    }
}
