//! A strict client: every message has to be asked for, in its order.

#[path = "client/expect.rs"]
mod expect;
#[path = "client/message.rs"]
mod message;
#[path = "client/order.rs"]
mod order;

use std::future::Future;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use jupyter_zmq_client::{
    ClientControlConnection, ClientIoPubConnection, ClientShellConnection,
    ClientStdinConnection, JupyterMessage, RawMessage,
    create_client_control_connection, create_client_iopub_connection,
    create_client_shell_connection_with_identity,
    create_client_stdin_connection_with_identity, peer_identity_for_session,
};
use serde_json::{Value, json};
use zeromq::SocketRecv;

use crate::launch::{connection_file, kernel, offers, spare};
pub(crate) use message::{Message, message};
use order::Order;

/// The only time constant: what a message may take on a busy machine.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(120);

/// If set, each kernel of the tests is a spare one.
const WITH_SPARES: &str = "NETLAB_TEST_SPARES";

/// The session of the client.
const SESSION: &str = "strict-client";

/// A kernel and the one client that it has.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    shell: ClientShellConnection,
    control: ClientControlConnection,
    stdin: ClientStdinConnection,
    iopub: ClientIoPubConnection,
    order: Order,
    pub(crate) kernel: Child,
    pub(crate) home: Arc<tempfile::TempDir>,
    pub(crate) file: PathBuf,
    /// Which cell of the notebook the client says it executes.
    pub(crate) cell_id: Option<&'static str>,
    quiet: bool,
}

impl Client {
    /// Starts a kernel and waits until it is ready for cells.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// The same for a kernel whose command is changed before.
    pub(crate) fn start_with(change: impl Fn(&mut Command)) -> Self {
        let mut client = Self::connect(change);
        client.wait_until_ready();
        client
    }

    /// The same in a directory with other kernels; it may be a spare one.
    pub(crate) fn start_in(home: &Arc<tempfile::TempDir>) -> Self {
        Self::start_in_with(home, |_| {})
    }

    /// The same for a kernel whose command is changed before.
    pub(crate) fn start_in_with(
        home: &Arc<tempfile::TempDir>,
        change: impl Fn(&mut Command),
    ) -> Self {
        let mut client = Self::connect_in(Arc::clone(home), |kernel| {
            kernel.env("NETLAB_SPARES", "1");
            change(kernel);
        });
        client.wait_until_ready();
        client
    }

    fn wait_until_ready(&mut self) {
        let client = self;
        let id = client.send_execute("", json!({ "silent": true }));
        client.busy(&id);
        client.idle(&id);
        client.reply(&id, "execute_reply");
    }

    /// Starts a kernel and waits until it greets the client.
    pub(crate) fn start_without_waiting() -> Self {
        Self::start_without_waiting_with(|_| {})
    }

    /// The same for a kernel whose command is changed before.
    pub(crate) fn start_without_waiting_with(
        change: impl Fn(&mut Command),
    ) -> Self {
        Self::connect(change)
    }

    fn connect(change: impl Fn(&mut Command)) -> Self {
        let home = Arc::new(tempfile::tempdir().unwrap());
        if std::env::var_os(WITH_SPARES).is_none() {
            return Self::connect_in(home, change);
        }
        spare(home.path(), std::process::id(), &change);
        let client = Self::connect_in(home, |kernel| {
            kernel.env("NETLAB_SPARES", "1");
            change(kernel);
        });
        assert!(offers(client.home.path()).is_empty(), "it was not used");
        client
    }

    fn connect_in(
        home: Arc<tempfile::TempDir>,
        change: impl Fn(&mut Command),
    ) -> Self {
        let place = tempfile::tempdir_in(home.path()).unwrap().keep();
        let (file, info) = connection_file(&place);
        let mut kernel = kernel(home.path());
        change(&mut kernel);
        let kernel =
            kernel.arg("--connection-file").arg(&file).spawn().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let identity = || peer_identity_for_session(SESSION).unwrap();
        let (iopub, shell, control, stdin) = wait(&runtime, async {
            // Each tries again by itself until the kernel listens.
            let iopub = create_client_iopub_connection(&info, "", SESSION);
            let shell = create_client_shell_connection_with_identity(
                &info,
                SESSION,
                identity(),
            );
            let control = create_client_control_connection(&info, SESSION);
            let stdin = create_client_stdin_connection_with_identity(
                &info,
                SESSION,
                identity(),
            );
            tokio::try_join!(iopub, shell, control, stdin).unwrap()
        });
        let mut client = Self {
            runtime,
            shell,
            control,
            stdin,
            iopub,
            order: Order::default(),
            kernel,
            home,
            file,
            cell_id: None,
            quiet: true,
        };
        assert_eq!(client.publication().kind, "iopub_welcome");
        assert_eq!(client.publication().content, starting());
        client
    }

    /// Sends a request to the shell; gives its identifier.
    pub(crate) fn ask(&mut self, kind: &str, content: Value) -> String {
        let (message, id) = self.request("shell", kind, content);
        wait(&self.runtime, self.shell.send(message)).unwrap();
        id
    }

    /// Sends a request to the control socket.
    pub(crate) fn command(&mut self, kind: &str, content: Value) -> String {
        let (message, id) = self.request("control", kind, content);
        wait(&self.runtime, self.control.send(message)).unwrap();
        id
    }

    fn request(
        &mut self,
        socket: &'static str,
        kind: &str,
        content: Value,
    ) -> (JupyterMessage, String) {
        let mut message = message(kind, content.clone());
        // As the connection will do.
        message.header.session = SESSION.to_owned();
        if let Some(id) = self.cell_id {
            message.metadata = json!({ "cellId": id });
        }
        let header = serde_json::to_value(&message.header).unwrap();
        self.order.asked(socket, header, content);
        let id = message.header.msg_id.clone();
        (message, id)
    }

    /// Sends a cell; `more` changes the request.
    pub(crate) fn send_execute(&mut self, code: &str, more: Value) -> String {
        let mut content = json!({
            "code": code, "silent": false, "store_history": true,
            "user_expressions": {}, "allow_stdin": false,
            "stop_on_error": true,
        });
        for (name, value) in more.as_object().unwrap() {
            content[name] = value.clone();
        }
        self.ask("execute_request", content)
    }

    /// Interrupts; while a cell runs, its busy follows the idle.
    pub(crate) fn interrupt(&mut self) -> String {
        self.command("interrupt_request", json!({}))
    }

    /// Answers a question.
    pub(crate) fn answer(&mut self, text: &str) {
        let message = message("input_reply", json!({ "value": text }));
        wait(&self.runtime, self.stdin.send(message)).unwrap();
    }

    /// The next publication, whatever it is.
    pub(crate) fn publication(&mut self) -> Message {
        let key = self.iopub.mac.clone();
        let parts = wait(&self.runtime, self.iopub.socket.recv()).unwrap();
        let raw = RawMessage::from_multipart(parts, &key).unwrap();
        let message = Message::of(&raw);
        self.order.published(&message);
        message
    }

    /// The content of the next reply of the shell.
    pub(crate) fn reply(&mut self, id: &str, kind: &str) -> Value {
        let key = self.shell.mac.clone();
        let parts = wait(&self.runtime, self.shell.socket.recv()).unwrap();
        let raw = RawMessage::from_multipart(parts, &key).unwrap();
        self.replied("shell", &raw, (kind, id))
    }

    /// The content of the next reply of the control socket.
    pub(crate) fn control_reply(&mut self, id: &str, kind: &str) -> Value {
        let key = self.control.mac.clone();
        let parts = wait(&self.runtime, self.control.socket.recv()).unwrap();
        let raw = RawMessage::from_multipart(parts, &key).unwrap();
        self.replied("control", &raw, (kind, id))
    }

    /// The next question of a cell.
    pub(crate) fn question(&mut self, id: &str) -> Value {
        let key = self.stdin.mac.clone();
        let parts = wait(&self.runtime, self.stdin.socket.recv()).unwrap();
        let raw = RawMessage::from_multipart(parts, &key).unwrap();
        self.replied("stdin", &raw, ("input_request", id))
    }

    fn replied(
        &mut self,
        socket: &'static str,
        raw: &RawMessage,
        expected: (&str, &str),
    ) -> Value {
        let message = Message::of(raw);
        self.order.replied(socket, &message);
        let got = (message.kind.as_str(), message.parent.as_str());
        assert_eq!(got, expected);
        message.content
    }

    /// Threads of this cell may print after its end.
    pub(crate) fn outlived(&mut self, id: &str) {
        self.order.outlived(id);
    }

    /// The test has ended the kernel itself.
    pub(crate) fn forget(&mut self) {
        self.quiet = false;
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.quiet && !std::thread::panicking() {
            self.expect_nothing();
            self.order.complete();
        }
        let _ = self.kernel.kill();
        let _ = self.kernel.wait();
    }
}

fn starting() -> Value {
    json!({ "execution_state": "starting" })
}

fn wait<F: Future>(runtime: &tokio::runtime::Runtime, what: F) -> F::Output {
    runtime.block_on(async {
        tokio::time::timeout(WATCHDOG, what)
            .await
            .expect("the kernel does not say anything")
    })
}
