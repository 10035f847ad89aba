//! What a test expects next.

use serde_json::{Value, json};

use super::Client;

impl Client {
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

    /// Expects that nothing but these requests has been published: a request
    /// that is answered at once comes next.
    pub(crate) fn expect_nothing(&mut self) {
        let id = self.ask("comm_info_request", json!({}));
        self.busy(&id);
        self.idle(&id);
        self.reply(&id, "comm_info_reply");
    }
}
