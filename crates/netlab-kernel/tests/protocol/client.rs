//! A strict client: every message has to be asked for, in its order.

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use jupyter_zmq_client::{
    ClientControlConnection, ClientIoPubConnection, ClientShellConnection,
    ClientStdinConnection, JupyterMessage, JupyterMessageContent, RawMessage,
    UnknownMessage, create_client_control_connection,
    create_client_iopub_connection,
    create_client_shell_connection_with_identity,
    create_client_stdin_connection_with_identity, peer_identity_for_session,
};
use serde_json::{Value, json};
use zeromq::SocketRecv;

use crate::launch::{connection_file, kernel};

/// The only time constant: what a message may take on a busy machine.
const WATCHDOG: Duration = Duration::from_secs(120);

/// The session of the client.
const SESSION: &str = "strict-client";

/// A message as the client sees it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) kind: String,
    pub(crate) parent: String,
    pub(crate) content: Value,
}

/// A kernel and the one client that it has.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    shell: ClientShellConnection,
    control: ClientControlConnection,
    stdin: ClientStdinConnection,
    iopub: ClientIoPubConnection,
    replies: VecDeque<Message>,
    pub(crate) kernel: Child,
    pub(crate) home: tempfile::TempDir,
    pub(crate) file: PathBuf,
    quiet: bool,
}

impl Client {
    /// Starts a kernel and waits until it is ready for cells.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// The same for a kernel whose command is changed before.
    pub(crate) fn start_with(change: impl FnOnce(&mut Command)) -> Self {
        let mut client = Self::connect(change);
        let id = client.send_execute("", json!({ "silent": true }));
        client.busy(&id);
        client.idle(&id);
        client.reply(&id, "execute_reply");
        client
    }

    /// Starts a kernel and waits until it greets the client.
    pub(crate) fn start_without_waiting() -> Self {
        Self::connect(|_| {})
    }

    fn connect(change: impl FnOnce(&mut Command)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (file, info) = connection_file(home.path());
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
            let iopub = loop {
                match create_client_iopub_connection(&info, "", SESSION).await {
                    Ok(iopub) => break iopub,
                    // The kernel does not listen yet.
                    Err(_) => tokio::task::yield_now().await,
                }
            };
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
            let (shell, control, stdin) = tokio::join!(shell, control, stdin);
            (iopub, shell.unwrap(), control.unwrap(), stdin.unwrap())
        });
        let mut client = Self {
            runtime,
            shell,
            control,
            stdin,
            iopub,
            replies: VecDeque::new(),
            kernel,
            home,
            file,
            quiet: true,
        };
        let welcome = client.publication();
        assert_eq!(welcome.kind, "iopub_welcome", "{welcome:?}");
        client
    }

    /// Sends a request to the shell; gives its identifier.
    pub(crate) fn ask(&mut self, kind: &str, content: Value) -> String {
        let message = message(kind, content);
        let id = message.header.msg_id.clone();
        wait(&self.runtime, self.shell.send(message)).unwrap();
        id
    }

    /// Sends a request to the control socket.
    pub(crate) fn command(&mut self, kind: &str, content: Value) -> String {
        let message = message(kind, content);
        let id = message.header.msg_id.clone();
        wait(&self.runtime, self.control.send(message)).unwrap();
        id
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

    /// Sends a cell and expects its beginning.
    pub(crate) fn execute(&mut self, code: &str) -> String {
        let id = self.send_execute(code, json!({}));
        self.begins(&id, code);
        id
    }

    /// Expects busy and the input; gives the execution count.
    pub(crate) fn begins(&mut self, id: &str, code: &str) -> u64 {
        self.busy(id);
        let input = self.next_of(id, "execute_input");
        assert_eq!(input["code"], code);
        input["execution_count"].as_u64().unwrap()
    }

    /// Expects the end of a cell that has succeeded.
    pub(crate) fn succeeds(&mut self, id: &str) -> Value {
        self.idle(id);
        let reply = self.reply(id, "execute_reply");
        assert_eq!(reply["status"], "ok", "{reply}");
        reply
    }

    /// Expects the error and the end of a cell that has failed.
    pub(crate) fn fails(&mut self, id: &str) -> Value {
        let error = self.next_of(id, "error");
        self.idle(id);
        let reply = self.reply(id, "execute_reply");
        assert_eq!(reply["status"], "error", "{reply}");
        for member in ["ename", "evalue", "traceback"] {
            assert_eq!(reply[member], error[member]);
        }
        error
    }

    /// Executes a cell and expects nothing but this text as its result.
    pub(crate) fn gives(&mut self, code: &str, text: &str) {
        let id = self.execute(code);
        let result = self.next_of(&id, "execute_result");
        assert_eq!(result["data"]["text/plain"], text, "{code}");
        self.succeeds(&id);
    }

    /// Executes a cell that shows nothing.
    pub(crate) fn runs(&mut self, code: &str) {
        let id = self.execute(code);
        self.succeeds(&id);
    }

    /// Expects this text on a stream, in any number of messages.
    pub(crate) fn prints(&mut self, id: &str, name: &str, text: &str) {
        let mut printed = String::new();
        while printed.len() < text.len() {
            let stream = self.next_of(id, "stream");
            assert_eq!(stream["name"], name, "{stream}");
            printed += stream["text"].as_str().unwrap();
        }
        assert_eq!(printed, text);
    }

    pub(crate) fn busy(&mut self, id: &str) {
        assert_eq!(self.next_of(id, "status")["execution_state"], "busy");
    }

    pub(crate) fn idle(&mut self, id: &str) {
        assert_eq!(self.next_of(id, "status")["execution_state"], "idle");
    }

    /// The content of the next publication, which must be this.
    pub(crate) fn next_of(&mut self, id: &str, kind: &str) -> Value {
        let message = self.publication();
        assert_eq!(
            (message.kind.as_str(), message.parent.as_str()),
            (kind, id),
            "{message:?}"
        );
        message.content
    }

    /// The next publication, whatever it is.
    pub(crate) fn publication(&mut self) -> Message {
        let key = self.iopub.mac.clone();
        let parts = wait(&self.runtime, self.iopub.socket.recv()).unwrap();
        read(RawMessage::from_multipart(parts, &key).unwrap())
    }

    /// The content of the next reply of the shell.
    pub(crate) fn reply(&mut self, id: &str, kind: &str) -> Value {
        let message = self.replies.pop_front().unwrap_or_else(|| {
            let key = self.shell.mac.clone();
            let parts = wait(&self.runtime, self.shell.socket.recv()).unwrap();
            read(RawMessage::from_multipart(parts, &key).unwrap())
        });
        assert_eq!(
            (message.kind.as_str(), message.parent.as_str()),
            (kind, id)
        );
        message.content
    }

    /// The content of the next reply of the control socket.
    pub(crate) fn control_reply(&mut self, id: &str, kind: &str) -> Value {
        let key = self.control.mac.clone();
        let parts = wait(&self.runtime, self.control.socket.recv()).unwrap();
        let message = read(RawMessage::from_multipart(parts, &key).unwrap());
        assert_eq!(
            (message.kind.as_str(), message.parent.as_str()),
            (kind, id)
        );
        message.content
    }

    /// The next question of a cell.
    pub(crate) fn question(&mut self, id: &str) -> Value {
        let key = self.stdin.mac.clone();
        let parts = wait(&self.runtime, self.stdin.socket.recv()).unwrap();
        let message = read(RawMessage::from_multipart(parts, &key).unwrap());
        assert_eq!(message.kind, "input_request");
        assert_eq!(message.parent, id);
        message.content
    }

    /// Answers a question.
    pub(crate) fn answer(&mut self, text: &str) {
        let message = message("input_reply", json!({ "value": text }));
        wait(&self.runtime, self.stdin.send(message)).unwrap();
    }

    /// Interrupts; while a cell runs, its busy follows the idle.
    pub(crate) fn interrupt(&mut self) -> String {
        self.command("interrupt_request", json!({}))
    }

    /// Expects that nothing but these requests has been published: a request
    /// that is answered at once comes next.
    pub(crate) fn expect_nothing(&mut self) {
        let id = self.ask("comm_info_request", json!({}));
        self.busy(&id);
        self.idle(&id);
        self.reply(&id, "comm_info_reply");
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
        }
        let _ = self.kernel.kill();
        let _ = self.kernel.wait();
    }
}

pub(crate) fn message(kind: &str, content: Value) -> JupyterMessage {
    let content = UnknownMessage {
        msg_type: kind.to_owned(),
        content,
    };
    JupyterMessage::new(JupyterMessageContent::UnknownMessage(content), None)
}

fn read(raw: RawMessage) -> Message {
    let part =
        |n: usize| -> Value { serde_json::from_slice(&raw.jparts[n]).unwrap() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let header = part(0);
    Message {
        kind: text(&header["msg_type"]),
        parent: text(&part(1)["msg_id"]),
        content: part(3),
    }
}

fn wait<F: Future>(runtime: &tokio::runtime::Runtime, what: F) -> F::Output {
    runtime.block_on(async {
        tokio::time::timeout(WATCHDOG, what)
            .await
            .expect("the kernel does not say anything")
    })
}
