//! The socket to all clients.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::Result;
use jupyter_protocol::{ConnectionInfo, Transport};
use jupyter_zmq_client::{
    Connection, KernelIoPubXPubConnection, SubscriptionEvent,
    create_kernel_iopub_xpub_connection,
};
use socket2::SockRef;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use zeromq::{Socket, XPubSocket};

use super::message::Outgoing;
use super::socket::AFTER_FAILURE;

/// How long a client may read nothing while more waits for it than the
/// buffers on the way hold. Its connection is closed then: a message goes to
/// one client after the other, so all of them wait for the slowest one.
///
/// A client that reads again connects anew by itself; what was published in
/// between is lost for it, as `zmq_setsockopt(3)` has it for `ZMQ_SNDHWM`.
const PATIENCE: Duration = Duration::from_secs(5);

/// What waits for the socket to all clients.
pub(crate) enum Publication {
    Message(Outgoing),
    /// Answered when everything before it has been sent.
    Flush(oneshot::Sender<()>),
}

/// The socket to all clients.
pub(crate) struct Publications(KernelIoPubXPubConnection);

impl Publications {
    /// Listens on the port of the connection file.
    pub(super) async fn bind(
        info: &ConnectionInfo,
        session: &str,
    ) -> Result<Self> {
        if info.transport != Transport::TCP {
            let socket = create_kernel_iopub_xpub_connection(info, session);
            return Ok(Self(socket.await?));
        }
        let listener = TcpListener::bind((info.ip.as_str(), info.iopub_port))?;
        // `TCP_USER_TIMEOUT`, see `tcp(7)`; accepted connections inherit it.
        SockRef::from(&listener).set_tcp_user_timeout(Some(PATIENCE))?;
        let mut socket = XPubSocket::new();
        socket.bind_listener(listener).await?;
        Ok(Self(Connection::new(socket, &info.key, session)))
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
                event = self.0.recv_subscription() => match event {
                    Ok(SubscriptionEvent::Subscribe(topic)) => {
                        self.send(Outgoing::welcome(&topic)).await;
                        waits_for_first = false;
                        if let Some(starting) = first.take() {
                            self.send(starting).await;
                        }
                    }
                    Ok(SubscriptionEvent::Unsubscribe(_)) => {}
                    // A client that left; the socket has forgotten it.
                    Err(_) => tokio::time::sleep(AFTER_FAILURE).await,
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
                    Some(Publication::Flush(done)) => drop(done.send(())),
                    None => return,
                },
            }
        }
    }

    async fn send(&mut self, message: Outgoing) {
        let _ = self.0.send(*message.0).await;
    }
}
